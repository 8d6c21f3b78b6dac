"""Shows a relayed notice on a person's devices, in their language."""

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from idp.clock import Clock
from idp.db import Database
from idp.factors.push.devices import Devices
from idp.notify.worker import Message

_SECONDS = 24 * 3600
"""A device that is off for longer shows nothing; the message is in the inbox."""


class RelayedPushHandler:
    """Delivers messages of that kind: writes what devices show, and hands it on to each. `app` lends translations."""

    def __init__(self, app: Flask, database: Database, devices: Devices, clock: Clock) -> None:
        self._app = app
        self._database = database
        self._devices = devices
        self._clock = clock

    def deliver(self, message: Message) -> None:
        """Do it. The same message again replaces itself on the device."""
        payload = message.payload
        with self._app.app_context(), force_locale(payload["locale"].replace("-", "_")):
            title = _("%(service)s has written to you", service=payload["service"])
        content = {
            "kind": "notice",
            "id": message.id,
            "title": title,
            "body": payload["subject"],
            "url": payload["link"],
        }
        with self._database.write() as tx:
            self._devices.send(
                tx, payload["account_id"], content, expires_at=self._clock() + _SECONDS, urgency="normal"
            )

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""
