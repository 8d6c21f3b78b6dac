"""Security notices on their way into the portal's inbox: what is posted, as whom, and what never leaves the mail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.settings import ConfigError, load_provider
from idp.accounts.notices import Where
from idp.notify.outbound import Answer
from idp.notify.outbox import PURPOSE
from idp.notify.worker import Message, Undeliverable
from idp.relay.inbox import InboxNoticeHandler
from tests.support.provider import ISSUER, ProviderUnderTest

PORTAL = "http://localhost:8001"
HERE = Where("198.51.100.4", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


class Portal:
    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.posted: list[tuple[str, dict[str, Any], Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.posted.append((url, orjson.loads(body), headers))
        return Answer(self.status, {}, b"")


def queued(idp: ProviderUnderTest, template: str = "password_changed", **context: object) -> Message | None:
    account = idp.core.database.read().one("SELECT id FROM account WHERE username = 'alice'")
    assert account
    with idp.core.database.write() as tx:
        idp.core.accounts.common.notices.tell(tx, account["id"], template, HERE, **context)
    row = idp.core.database.read().one("SELECT id, payload FROM outbox WHERE kind = 'inbox_notice'")
    return row and Message(row["id"], orjson.loads(idp.core.sealer.open(row["payload"], purpose=PURPOSE)), idp.clock())


def deliver(idp: ProviderUnderTest, portal: Portal, message: Message) -> None:
    minting = idp.core.minting
    InboxNoticeHandler(idp.provider.flask, portal, minting, portal=PORTAL, issuer=ISSUER).deliver(message)  # type: ignore[arg-type]


def test_what_is_posted(idp: ProviderUnderTest) -> None:
    portal, message = Portal(), queued(idp)
    assert message
    deliver(idp, portal, message)
    ((url, content, headers),) = portal.posted
    assert url == f"{PORTAL}/api/messages"
    assert headers["Idempotency-Key"] == message.id
    claims = idp.core.signer.verify(headers["Authorization"].removeprefix("Bearer "), typ="at+jwt")
    assert (claims["aud"], claims["scope"]) == (f"{PORTAL}/api", "messages:write")
    assert claims["sub"] == claims["client_id"] == "account"
    assert (content["category"], content["notified"]) == ("security", True)
    assert content["subject"] == "Your password was changed"
    assert content["link"] == f"{ISSUER}/account/security"
    first, facts, _advice = content["body"].split("\n\n")
    assert first == "The password of your account was changed."
    assert "Browser: Firefox, Linux" in facts
    # Whoever reads the inbox can't lock the account.
    assert "wasnt_me" not in message.payload["context"]
    assert "/wasnt-me/" not in orjson.dumps([message.payload, content]).decode()


def test_every_notice_can_be_written(idp: ProviderUnderTest) -> None:
    folder = Path(__file__).parents[3] / "idp"
    names = {
        file.stem
        for file in folder.glob("**/templates/mail/*.txt")
        if "extends 'mail/notice.txt'" in file.read_text() and file.stem != "welcome"
    }
    assert len(names) >= 15
    portal, message = Portal(), queued(idp)
    assert message
    more = {"factor": "Phone", "method": "push", "left": 3, "due": "Friday", "email": "x@y", "recovery_email": "x@y"}
    for name in sorted(names):
        payload = message.payload | {"template": name, "context": message.payload["context"] | more}
        deliver(idp, portal, message._replace(payload=payload))
    assert all(content["subject"] and content["body"].count("\n\n") == 2 for _, content, _ in portal.posted)


def test_what_is_no_notice_stays_mail(idp: ProviderUnderTest) -> None:
    assert queued(idp, "welcome", sign_in=ISSUER) is None


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
def test_a_portal_that_is_not_ready_is_tried_again(idp: ProviderUnderTest, status: int) -> None:
    message = queued(idp)
    assert message
    with pytest.raises(RuntimeError):
        deliver(idp, Portal(status), message)


@pytest.mark.parametrize("status", [302, 400, 404, 413, 422])
def test_what_it_never_takes_is_given_up(idp: ProviderUnderTest, status: int) -> None:
    message = queued(idp)
    assert message
    with pytest.raises(Undeliverable):
        deliver(idp, Portal(status), message)


def test_nobody_else_has_that_name(tmp_path: Path) -> None:
    client = '{"account": {"name": "x", "redirect_uris": ["https://x.example/"]}}'
    with pytest.raises(ConfigError, match="the provider's own name"):
        load_provider({"PROFILE": "test", "DATA_DIR": str(tmp_path), "IDP_CLIENTS": client})
