"""`POST /api/notices`: which tokens may, what a notice may be, and that the answer tells nothing about people (RFC 6750, RFC 9068)."""

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from idp.notify.mail import MailHandler
from idp.notify.outbox import PURPOSE
from idp.notify.worker import Message
from idp.relay.service import RELAYED_NOTICE
from idp.relay.telling import RelayedNoticeHandler
from tests.support.clock import TurnedClock
from tests.support.notices import GOOD, PORTAL, challenge, own_token, register, send
from tests.support.provider import ISSUER, ProviderUnderTest, make_provider


def messages(idp: ProviderUnderTest, kind: str) -> list[Message]:
    rows = idp.core.database.read().all("SELECT id, payload FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)
    opened = [orjson.loads(idp.core.sealer.open(row["payload"], purpose=PURPOSE)) for row in rows]
    return [Message(row["id"], payload, idp.clock()) for row, payload in zip(rows, opened, strict=True)]


class Devices:
    """Stand for those of everybody."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def send(self, _tx: Any, account_id: str, content: dict[str, Any], **_options: Any) -> int:
        self.told.append((account_id, content))
        return 1


def told(idp: ProviderUnderTest) -> list[tuple[str, dict[str, Any]]]:
    """Let the worker tell people of what was taken; return what devices are shown."""
    core, devices = idp.core, Devices()
    handler = RelayedNoticeHandler(
        idp.provider.flask, core.database, core.outbox, devices=devices, limits=core.settings.relay, clock=core.clock  # type: ignore[arg-type]
    )  # fmt: skip
    for message in messages(idp, RELAYED_NOTICE):
        handler.deliver(message)
    return devices.told


def queued(idp: ProviderUnderTest) -> list[dict[str, Any]]:
    """Return the mails that are on their way."""
    told(idp)
    return [message.payload for message in messages(idp, "mail")]


def sub_of(idp: ProviderUnderTest, username: str = "alice") -> str:
    row = idp.core.database.read().one("SELECT id FROM account WHERE username = :name", name=username)
    assert row
    return str(row["id"])


def tokens(idp: ProviderUnderTest) -> dict[str, str]:
    """A token of every kind that exists, by what is wrong with it."""
    portal, api = register(idp), "https://api.example/x"
    other = register(idp, audiences=(api,))
    person = idp.tokens(portal, scope="openid notices:write")["access_token"]
    return {
        "good": own_token(idp, portal),
        "audience": own_token(idp, other, resource=api),
        "audience, scope": own_token(idp, other, resource=api, scope="other:write"),
        "scope": own_token(idp, portal, scope="other:write"),
        "person": person,
        "person, scope": idp.tokens(portal, scope="openid")["access_token"],
        "person, audience": idp.tokens(other, scope="openid notices:write", resource=api)["access_token"],
        "nonsense": "nonsense",
        "none": "",
    }


def test_every_kind_of_token(idp: ProviderUnderTest) -> None:
    expected = {
        "good": (202, None),
        "audience": (401, "invalid_token"),
        "audience, scope": (401, "invalid_token"),
        "scope": (403, "insufficient_scope"),
        "person": (403, "insufficient_scope"),
        "person, scope": (403, "insufficient_scope"),
        "person, audience": (401, "invalid_token"),
        "nonsense": (401, "invalid_token"),
        "none": (401, None),
    }
    found = {}
    for what, token in tokens(idp).items():
        response = send(idp, token, GOOD)
        said = challenge(response) if response.status_code != 202 else {"realm": "notices"}
        assert said["realm"] == "notices"
        found[what] = (response.status_code, said.get("error"))
    assert found == expected
    assert {one["template"] for one in queued(idp)} <= {"new_device"}


def test_a_token_that_is_over_or_was_revoked(idp: ProviderUnderTest) -> None:
    client = register(idp)
    revoked, late = own_token(idp, client), own_token(idp, client)
    idp.post("/revoke", {"token": revoked}, auth=client.auth)
    assert challenge(send(idp, revoked, GOOD))["error"] == "invalid_token"
    assert send(idp, late, GOOD).status_code == 202
    idp.clock.forward(301)
    assert challenge(send(idp, late, GOOD))["error"] == "invalid_token"


def test_the_answer_is_the_same_for_everybody(idp: ProviderUnderTest) -> None:
    token = own_token(idp, register(idp))
    people = {"open": sub_of(idp), "locked": sub_of(idp, "bob"), "closed": sub_of(idp, "olga"), "unknown": "nobody"}
    with idp.core.database.write() as tx:
        tx.run("UPDATE account SET status = 'locked' WHERE id = :id", id=people["locked"])
        tx.run("UPDATE account SET status = 'disabled' WHERE id = :id", id=people["closed"])
        tx.run("DELETE FROM email_address WHERE account_id = :id", id=sub_of(idp, "finn"))
    people["unconfirmed"] = sub_of(idp, "finn")
    answers = [
        send(idp, token, GOOD | {"sub": sub, "id": what, "channels": ["email", "push"]}) for what, sub in people.items()
    ]
    assert {(one.status_code, one.data) for one in answers} == {(202, b'{"status":"accepted"}')}
    # Nor does the work that it takes: whom it is for is looked at by the worker.
    assert len(messages(idp, RELAYED_NOTICE)) == len(people)
    assert [account_id for account_id, _ in told(idp)] == [people["open"]]
    assert [one["to"] for one in queued(idp)] == ["alice@example.org"]


def test_the_same_notice_again_does_nothing_but_another_clients_is_another(idp: ProviderUnderTest) -> None:
    notice, first, second = GOOD | {"sub": sub_of(idp)}, register(idp), register(idp)
    token = own_token(idp, first)
    assert [send(idp, token, notice, notice).status_code for _ in range(3)] == [202] * 3
    assert len(queued(idp)) == 1
    send(idp, own_token(idp, second), notice)
    assert len(queued(idp)) == 2


def test_another_notice_of_the_same_id_is_not_lost_silently(idp: ProviderUnderTest) -> None:
    notice = GOOD | {"sub": sub_of(idp)}
    token = own_token(idp, register(idp))
    assert send(idp, token, notice).status_code == 202
    changes: tuple[dict[str, Any], ...] = ({"subject": "Another"}, {"sub": "nobody"}, {"channels": ["push"]})
    for change in changes:
        refused = send(idp, token, notice | {"id": "fresh"}, notice | change)
        assert (refused.status_code, refused.get_json()["error"]) == (422, "idempotency_key_reused")
        assert list(refused.get_json()["errors"]) == ["notices.1.id"]
    twice = send(idp, token, notice | {"id": "twice"}, notice | {"id": "twice", "subject": "Another"})
    assert list(twice.get_json()["errors"]) == ["notices.1.id"]
    assert len(queued(idp)) == 1
    # Channels are a set, and what was taken before fingerprints were kept is known by its id alone.
    assert send(idp, token, notice | {"channels": list(reversed(notice["channels"]))}).status_code == 202
    with idp.core.database.write() as tx:
        tx.run("UPDATE relayed_notice SET fingerprint = ''")
    assert send(idp, token, notice | {"subject": "Another"}).status_code == 202


def test_the_mail(idp: ProviderUnderTest) -> None:
    send(idp, own_token(idp, register(idp)), GOOD | {"sub": sub_of(idp), "subject": "1 < 2 & “due”"})
    (payload,) = queued(idp)
    handler = MailHandler(idp.provider.flask, idp.core.settings.mail, issuer=ISSUER, service="IP Account")
    mail = handler.compose(Message("m", payload, idp.clock()))
    assert mail["Subject"] == "Office Notices: 1 < 2 & “due”"
    assert (mail["To"], mail["Content-Language"]) == ("alice@example.org", "en")
    text, html = (str(mail.get_body(preferencelist=(kind,)).get_content()) for kind in ("plain", "html"))  # type: ignore[union-attr]
    for part in (text, html):
        for said in ("Alice Moreau", "Office Notices", GOOD["link"], f"{PORTAL}/messages/services"):
            assert said in part
    assert "1 < 2 & “due”" in text
    assert "1 &lt; 2 &amp; “due”" in html


def test_the_mail_is_in_the_readers_language(tmp_path: Path, clock: TurnedClock, key_folder: Path) -> None:
    shutil.copytree(key_folder, tmp_path / "keys")
    idp = ProviderUnderTest(make_provider(tmp_path, clock, IDP_LANGUAGES='["en", "ar"]'), clock)
    with idp.core.database.write() as tx:
        tx.run("UPDATE account SET locale = 'ar' WHERE username = 'alice'")
    send(idp, own_token(idp, register(idp)), GOOD | {"sub": sub_of(idp), "channels": ["email", "push"]})
    (payload,) = queued(idp)
    handler = MailHandler(idp.provider.flask, idp.core.settings.mail, issuer=ISSUER, service="IP Account")
    mail = handler.compose(Message("m", payload, idp.clock()))
    assert mail["Content-Language"] == "ar"
    html = mail.get_body(preferencelist=("html",))
    assert html
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    idp.core.database.close()


REFUSED: list[tuple[str, Any]] = [
    *(
        (name, value)
        for name in ("subject",)
        for value in ("", " ", "\u3164", "\u200b\u2800", "a\nBcc: x@y", "a\r", "a\0", "a\x85")
    ),
    *((name, f"a{one}b") for name in ("subject",) for one in "\u202e\u2066\u200f\u061c\u2028\u2029"),
    *((name, value) for name in ("subject",) for value in ("<b>x</b>", "x<!--", "a</p>", 5, None)),
    ("subject", "x" * 201),
    *(("service", value) for value in ("", "a b", "x" * 256, "ä", 1, "nobody-registered", "a\nb")),
    *(
        ("link", value)
        for value in ("", "/messages", "javascript:alert(1)", "http://rp.example/x", "ftp://rp.example/")
    ),
    *(
        ("link", value)
        for value in ("https://other.example/", "https://rp.example@evil.example/", "https://rp.example:8443/")
    ),
    *(
        ("link", value)
        for value in ("https://rp.example.evil.example/", "https://rp.example/\\x", 'https://rp.example/"')
    ),
    *(("id", value) for value in ("", "a b", "x" * 65, "ä", 1)),
    *(("sub", value) for value in ("", "a b", "x" * 256, "ä", 1)),
    *(("channels", value) for value in ([], ["sms"], "email", [1], None)),
    ("category", "urgent"),
    ("locale", "de"),
    ("to", "bob@example.org"),
]


def test_notices_that_are_refused(idp: ProviderUnderTest) -> None:
    token, sub = own_token(idp, register(idp)), sub_of(idp)
    for field, value in REFUSED:
        response = send(idp, token, GOOD | {"sub": sub}, GOOD | {"id": "n-2", field: value})
        assert response.status_code == 422, (field, value)
        assert all(name.startswith(f"notices.1.{field}") for name in response.get_json()["errors"])
    assert queued(idp) == []


def test_nobody_writes_under_a_name_that_isnt_registered(idp: ProviderUnderTest) -> None:
    """Neither its own way of calling itself nor another service's name: people read the registered one."""
    fees = register(idp, client_name="Fees", scope="messages:write notices:security")
    portal, sub = register(idp, client_name="IP Portal"), sub_of(idp)
    plain = own_token(idp, register(idp, client_name="Shop"), scope="notices:write")
    assert send(idp, plain, GOOD | {"sub": sub, "service": "IP Account"}).status_code == 422
    refused = send(idp, plain, GOOD | {"sub": sub, "service": fees.client_id})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["notices.0.service"])
    assert send(idp, plain, GOOD | {"sub": sub}).status_code == 202
    assert send(idp, own_token(idp, portal), GOOD | {"sub": sub, "service": fees.client_id}).status_code == 202
    # Mails of one moment are in no order.
    assert {(one["context"]["service"], one["context"]["portal"]) for one in queued(idp)} == {
        ("Shop", "Shop"),
        ("Fees", "IP Portal"),
    }


def test_nobody_says_security_without_the_registered_right(idp: ProviderUnderTest) -> None:
    sub = sub_of(idp)
    security = GOOD | {"sub": sub, "category": "security"}
    may, may_not = (register(idp, scope=scope) for scope in ("notices:write notices:security", "notices:write"))
    relay = own_token(idp, register(idp), scope="notices:write notices:relay")
    assert send(idp, own_token(idp, may, scope="notices:write notices:security"), security).status_code == 202
    for token, service in (
        (own_token(idp, may, scope="notices:write"), None),
        (own_token(idp, may_not, scope="notices:write"), None),
        (relay, None),
        (relay, may_not.client_id),
    ):
        refused = send(idp, token, security | {"id": "n-2", "service": service})
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["notices.0.category"])
    assert send(idp, relay, security | {"id": "n-3", "service": may.client_id}).status_code == 202
    assert len(queued(idp)) == 2


@pytest.mark.parametrize("field", ["inbox", "settings"])
def test_links_of_the_whole_lie_at_the_client_too(idp: ProviderUnderTest, field: str) -> None:
    response = send(idp, own_token(idp, register(idp)), GOOD, **{field: "https://evil.example/"})
    assert (response.status_code, list(response.get_json()["errors"])) == (422, [field])


def test_http_is_for_this_machine(idp: ProviderUnderTest) -> None:
    client = register(idp, redirect_uris=("http://localhost:8001/callback",))
    token, base = own_token(idp, client), "http://localhost:8001"
    links = {"inbox": f"{base}/messages", "settings": f"{base}/messages/services"}
    assert send(idp, token, GOOD | {"link": f"{base}/x"}, **links).status_code == 202
    assert send(idp, token, GOOD | {"link": "http://localhost:8002/x"}, **links).status_code == 422
    assert send(idp, token, GOOD | {"link": "http://plain.example/x"}, **links).status_code == 422


def test_calls_that_are_not_well_formed(idp: ProviderUnderTest) -> None:
    headers = {"Authorization": f"Bearer {own_token(idp, register(idp))}"}
    browser = idp.browser()
    for content, kind, status in (
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"notices": []}', "application/json", 422),
        (b"\xff", "application/json", 400),
        (b"", "application/json", 400),
        (b"notices=1", "application/x-www-form-urlencoded", 415),
        (b" " * (512 * 1024 + 1), "application/json", 413),
    ):
        answer = browser.post("/api/notices", data=content, content_type=kind, headers=headers, base_url=ISSUER)
        assert (answer.status_code, answer.content_type) == (status, "application/json"), content[:20]
        assert answer.get_json()["error_description"]
    many = [GOOD | {"id": f"n{number}"} for number in range(101)]
    assert send(idp, headers["Authorization"].split()[1], *many).status_code == 422
    assert browser.get("/api/notices", headers=headers, base_url=ISSUER).status_code == 405
