"""Security notices in the portal's inbox as well: what the mail says, posted as any service posts (`POST /api/messages` there).

The provider writes as itself, `config.shared.ACCOUNT`, with a token that it makes for itself. The link of "It wasn't me" stays in the mail.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import orjson
from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from config.shared import ACCOUNT
from idp.db import Tx
from idp.notify import Outbox
from idp.notify.outbound import Outbound
from idp.notify.worker import Message, Undeliverable
from idp.oauth.client import Client
from idp.oauth.minting import Minting

INBOX_NOTICE = "inbox_notice"
SCOPE = "messages:write"
_ELSEWHERE = ("wasnt_me",)
_NO_NOTICES = ("welcome",)
_LONGEST_SUBJECT = 200
_LATER = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
"""What a portal may say that is starting, or has other settings than it should: that passes."""


class InboxNotices:
    """Queues them, in the transaction of what they are about (`accounts.notices.TellHook`)."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def tell(self, tx: Tx, account_id: str, template: str, locale: str, context: Mapping[str, object]) -> None:
        """Queue the notice for the account's inbox."""
        if template not in _NO_NOTICES:
            kept = {name: value for name, value in context.items() if name not in _ELSEWHERE}
            payload = {"account_id": account_id, "template": template, "locale": locale, "context": kept}
            self._outbox.add(tx, INBOX_NOTICE, payload)


class InboxNoticeHandler:
    """Delivers messages of that kind to the portal at `portal`. `app` lends templates and translations."""

    def __init__(self, app: Flask, outbound: Outbound, minting: Minting, *, portal: str, issuer: str) -> None:
        self._app = app
        self._post = outbound.post
        self._api = f"{portal}/api"
        self._issuer = issuer
        self._token: Callable[[], str] = lambda: minting.access_token(
            Client(client_id=ACCOUNT, client_name=ACCOUNT), scope=(SCOPE,), resource=self._api, family=None
        )

    def deliver(self, message: Message) -> None:
        """Post it; the same message again is the same one there. Raises Undeliverable when the portal will never take it."""
        subject, body = self._write(message)
        content = {
            "sub": message.payload["account_id"],
            "subject": subject,
            "body": body,
            "link": f"{self._issuer}/account/security",
            "category": "security",
            # By mail and on devices the account has told them itself.
            "notified": True,
        }
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
        }
        status = self._post(f"{self._api}/messages", orjson.dumps(content), headers).status
        if status == HTTPStatus.CREATED:
            return
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
            raise RuntimeError(f"the portal answered {status}")
        raise Undeliverable(f"the portal answered {status}")

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""

    def _write(self, message: Message) -> tuple[str, str]:
        payload = message.payload
        values = {"issuer": self._issuer, **payload["context"]}
        templates = self._app.jinja_env
        with self._app.app_context(), force_locale(payload["locale"].replace("-", "_")):
            subject = templates.get_template(f"mail/{payload['template']}.subject").render(values)
            text = templates.get_template(f"mail/{payload['template']}.txt")
            what = "".join(text.blocks["what"](text.new_context(values))) if "what" in text.blocks else ""
            facts = [(_("When"), "when"), (_("From"), "where"), (_("Browser"), "browser")]
            lines = [f"{label}: {values.get(name) or _('unknown')}" for label, name in facts]
            advice = _("If this wasn’t you, open the mail that we have sent you, and choose “It wasn’t me”.")
        parts = [" ".join(what.split()), "\n".join(lines), advice]
        return " ".join(subject.split())[:_LONGEST_SUBJECT], "\n\n".join(part for part in parts if part)
