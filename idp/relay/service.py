"""Takes notices over: each once, to people who are there, and never so many that mail becomes a nuisance."""

from config.settings import Relay as Limits
from idp.accounts.store import people
from idp.clock import Clock
from idp.db import Database, Row, Tx
from idp.notify import Outbox
from idp.oauth.client import Client
from idp.relay import store
from idp.relay.wire import Batch, Notice

PUSH = "relayed_push"
"""Kind of message in the outbox."""
_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
_REMEMBERED = 14 * _DAY
"""How long a notice that is sent again is known to be one; services give up sooner."""


class TooManyError(Exception):
    """The client has sent as much as it may in a minute; nothing was taken."""


class Relay:
    """The use case."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock, limits: Limits) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._limits = limits

    def accept(self, client: Client, batch: Batch) -> None:
        """Queue what these notices mean, in one transaction; raises TooManyError. What came of them, nobody is told."""
        now = self._clock()
        with self._database.write() as tx:
            # The client's row first and then people in order, each by one row before all others of theirs: calls of two clients at
            # once wait for each other and never in a circle.
            key = f"client:{client.client_id}"
            if store.count(tx, key, more=len(batch.notices), seconds=_MINUTE, now=now) > self._limits.notices_a_minute:
                raise TooManyError
            for notice in sorted(batch.notices, key=lambda one: (one.sub, one.id)):
                if store.take(tx, client.client_id, notice.id, now=now):
                    self._tell(tx, client, batch, notice)

    def purge(self, tx: Tx) -> None:
        """Forget what has had its time; call it about once an hour."""
        now = self._clock()
        store.purge(tx, notices_before=now - _REMEMBERED, counts_before=now - _DAY)

    def _tell(self, tx: Tx, client: Client, batch: Batch, notice: Notice) -> None:
        # Only an account that is open, with an address that was confirmed: neither locked nor closed ones hear anything.
        person = people.find_active_with_address(tx, notice.sub)
        if person is None or not person["address"]:
            return
        store.count(tx, f"person:{notice.sub}", seconds=_HOUR, now=self._clock())
        if "email" in notice.channels:
            self._mail(tx, client, batch, notice, person)
        if "push" in notice.channels and self._number(tx, "push", notice) <= self._limits.pushes_an_hour:
            payload = {
                "account_id": notice.sub,
                "locale": person["locale"],
                "service": notice.service,
                "subject": notice.subject,
                "link": notice.link,
            }
            self._outbox.add(tx, PUSH, payload)

    def _mail(self, tx: Tx, client: Client, batch: Batch, notice: Notice, person: Row) -> None:
        number, most = self._number(tx, "mail", notice), self._limits.mails_an_hour
        if number > most + 1:
            return
        context = {
            "name": person["name"],
            "portal": client.client_name,
            "service": notice.service,
            "subject": notice.subject,
            "link": notice.link if number <= most else batch.inbox,
            "settings": batch.settings,
            "security": notice.category == "security",
        }
        # Beyond the limit one mail says that there is more; whatever comes after it in this hour is in the inbox all the same.
        template = "relayed_message" if number <= most else "relayed_more"
        self._outbox.mail(tx, person["address"], template, person["locale"], context)

    def _number(self, tx: Tx, channel: str, notice: Notice) -> int:
        return store.count(tx, f"{channel}:{notice.category}:{notice.sub}", seconds=_HOUR, now=self._clock())
