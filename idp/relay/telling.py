"""Tells people of notices: whoever is there, by mail and on their devices, in their language, and never so much that it becomes a nuisance."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from config.settings import Relay as Limits
from idp.accounts.store import people
from idp.clock import Clock
from idp.db import Database, Row, Tx
from idp.factors.push.devices import Devices
from idp.notify import Outbox
from idp.notify.worker import Message
from idp.relay import store
from keys import hashing

_HOUR = 3600
_PUSH_SECONDS = 24 * _HOUR
"""A device that is off for longer shows nothing; the message is in the inbox."""
_TOLD = ""
"""Stands where a client would: no client is called so."""


class RelayedNoticeHandler:
    """Delivers messages of the kind `relayed_notice`. `app` lends translations; mail goes on through the outbox."""

    def __init__(
        self, app: Flask, database: Database, outbox: Outbox, *, devices: Devices, limits: Limits, clock: Clock
    ) -> None:
        self._app = app
        self._database = database
        self._outbox = outbox
        self._devices = devices
        self._limits = limits
        self._clock = clock

    def deliver(self, message: Message) -> None:
        """Do it, once, however often it is asked for."""
        notice = message.payload
        with self._database.write() as tx:
            if store.take(tx, _TOLD, message.id, now=self._clock()) is not None:
                return
            # Only an account that is open, with an address that was confirmed: neither locked nor closed ones hear anything.
            person = people.find_active_with_address(tx, notice["sub"])
            if person is None or not person["address"]:
                return
            if "email" in notice["channels"]:
                self._mail(tx, notice, person)
            if "push" in notice["channels"] and self._number(tx, "push", notice) <= self._limits.pushes_an_hour:
                self._push(tx, notice, person, message.id)

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""

    def _mail(self, tx: Tx, notice: Mapping[str, Any], person: Row) -> None:
        number, most = self._number(tx, "mail", notice), self._limits.mails_an_hour
        if number > most + 1:
            return
        context = {
            "name": person["name"],
            "link": notice["link"] if number <= most else notice["inbox"],
            "security": notice["category"] == "security",
            **{name: notice[name] for name in ("portal", "service", "subject", "settings")},
        }
        # Beyond the limit one mail says that there is more; whatever comes after it in this hour is in the inbox all the same.
        template = "relayed_message" if number <= most else "relayed_more"
        self._outbox.mail(tx, person["address"], template, person["locale"], context)

    def _push(self, tx: Tx, notice: Mapping[str, Any], person: Row, notice_id: str) -> None:
        with self._app.app_context(), force_locale(person["locale"].replace("-", "_")):
            title = _("%(service)s has written to you", service=notice["service"])
        content = {"kind": "notice", "id": notice_id, "title": title, "body": notice["subject"], "url": notice["link"]}
        until = self._clock() + _PUSH_SECONDS
        self._devices.send(tx, person["id"], content, expires_at=until, urgency="normal")

    def _number(self, tx: Tx, channel: str, notice: Mapping[str, Any]) -> int:
        """Count one more; notices about security apart, and for each service, so that no flood of anybody's hides another's."""
        whose = f"{notice.get('client', '')} {notice['sub']}" if notice["category"] == "security" else notice["sub"]
        key = f"{channel}:{notice['category']}:{hashing.digest(whose)}"
        return store.count(tx, key, seconds=_HOUR, now=self._clock())
