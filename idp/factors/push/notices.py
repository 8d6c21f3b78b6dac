"""Security notices on a person's devices: what the mail's subject says, at once and in their language."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from idp.db import Database, Tx
from idp.factors.push.devices import NAME
from idp.factors.push.service import Push
from idp.notify import Outbox
from idp.notify.worker import Message

DEVICE_NOTICE = "device_notice"
_SECURITY = "/account/security"
_REACHABLE = "SELECT 1 FROM factor WHERE account_id = :id AND method = :method AND dead_since IS NULL LIMIT 1"


class DeviceNotices:
    """Queues them, in the transaction of what they are about (`accounts.notices.TellHook`)."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def tell(self, tx: Tx, account_id: str, template: str, locale: str, context: Mapping[str, object]) -> None:
        """Queue the notice for the account's devices, if it has any."""
        if tx.one(_REACHABLE, id=account_id, method=NAME) is not None:
            payload = {"account_id": account_id, "template": template, "locale": locale, "context": dict(context)}
            self._outbox.add(tx, DEVICE_NOTICE, payload)


class DeviceNoticeHandler:
    """Delivers messages of that kind: writes what the device shows, and hands it on to each. `app` lends templates and translations."""

    def __init__(self, app: Flask, database: Database, push: Push) -> None:
        self._app = app
        self._database = database
        self._push = push

    def deliver(self, message: Message) -> None:
        """Do it."""
        payload = message.payload
        with self._app.app_context(), force_locale(payload["locale"].replace("-", "_")):
            template = self._app.jinja_env.get_template(f"mail/{payload['template']}.subject")
            title = " ".join(template.render(payload["context"]).split())
            body = _("If this wasn’t you, open the mail that we have sent you, and choose “It wasn’t me”.")
        with self._database.write() as tx:
            self._push.notify(tx, payload["account_id"], title, body, _SECURITY)

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""
