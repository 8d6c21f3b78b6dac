"""Takes notices over: each once. Whom they are for is looked at later (`telling`), so that a call takes as long for people who aren't there."""

from config.settings import Relay as Limits
from idp.clock import Clock
from idp.db import Database, Tx
from idp.notify import Outbox
from idp.oauth.client import Client
from idp.relay import store
from idp.relay.wire import Batch

RELAYED_NOTICE = "relayed_notice"
"""Kind of message in the outbox."""
_MINUTE, _DAY = 60, 24 * 3600
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
        """Queue these notices in one transaction; raises TooManyError."""
        now = self._clock()
        common = {"portal": client.client_name, "inbox": batch.inbox, "settings": batch.settings}
        with self._database.write() as tx:
            # First of all, so that of a client's calls the second waits for the first and never in a circle.
            key = f"client:{client.client_id}"
            if store.count(tx, key, more=len(batch.notices), seconds=_MINUTE, now=now) > self._limits.notices_a_minute:
                raise TooManyError
            for notice in batch.notices:
                if store.take(tx, client.client_id, notice.id, now=now):
                    self._outbox.add(tx, RELAYED_NOTICE, notice.model_dump(mode="json", exclude={"id"}) | common)

    def purge(self, tx: Tx) -> None:
        """Forget what has had its time; call it about once an hour."""
        now = self._clock()
        store.purge(tx, notices_before=now - _REMEMBERED, counts_before=now - _DAY)
