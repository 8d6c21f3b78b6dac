"""Drains the outbox: claim a batch, hand each message to its kind's handler, note how it went.

Any number of workers may run. Delivery is at least once: a worker that dies after sending leaves its message to the next one, so
every handler sends something that the receiver can recognise as a repetition.
"""

import logging
import random
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import orjson

from idp.clock import Clock
from idp.db import Database, Row
from idp.notify.outbox import PURPOSE
from idp.notify.store import OutboxStore
from keys.sealing import Sealer

_log = logging.getLogger("idp.notify.worker")

_BATCH = 20
_LEASE = 300
_MOST_ATTEMPTS = 12
_FIRST_DELAY = 5
_LONGEST_DELAY = 3 * 3600
_KEPT = 7 * 24 * 3600
_LONGEST_ERROR = 300


class Message(NamedTuple):
    """What a handler gets: `id` stays the same over all attempts."""

    id: str
    payload: dict[str, Any]
    created_at: int


class Handler(Protocol):
    """Delivers one kind of message. Raising means "later", raising `Undeliverable` means "never"."""

    def deliver(self, message: Message) -> None:
        """Deliver, or raise."""

    def end_batch(self) -> None:
        """Let go of what was kept for the batch: a connection, say."""


class Undeliverable(Exception):  # noqa: N818 - reads as what it says of the message
    """No later attempt would succeed. The text goes into the outbox and the log, so it names no person."""


class Worker:
    """Delivers what is due. `handlers` are by kind; a message of an unknown kind waits for a worker that knows it."""

    def __init__(self, database: Database, sealer: Sealer, handlers: Mapping[str, Handler], clock: Clock) -> None:
        self._store = OutboxStore(database)
        self._database = database
        self._sealer = sealer
        self._handlers = handlers
        self._clock = clock

    def run_once(self) -> int:
        """Deliver one batch; returns how many messages were taken in hand."""
        now = self._clock()
        until = now + _LEASE
        claimed = self._store.claim(now=now, until=until, limit=_BATCH)
        try:
            for row in claimed:
                # What is left when the lease ends belongs to whoever claims it next.
                if self._clock() < until:
                    self._deliver(row)
        finally:
            for handler in self._handlers.values() if claimed else ():
                handler.end_batch()
        return len(claimed)

    def run_forever(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Deliver until `stop` is set; looks every `pause` seconds, and survives a database that is away for a while."""
        tidied = 0.0
        while not stop.is_set():
            try:
                if self.run_once():
                    continue
                if time.monotonic() - tidied > 3600 or not tidied:  # noqa: PLR2004 - hourly
                    tidied = time.monotonic()
                    with self._database.write() as tx:
                        self._store.purge(tx, before=self._clock() - _KEPT)
            except Exception:  # noqa: BLE001 - the loop goes on, whatever it was
                _log.exception("the outbox could not be read")
                stop.wait(_FIRST_DELAY)
            stop.wait(pause)

    def _deliver(self, row: Row) -> None:
        try:
            payload = orjson.loads(self._sealer.open(row["payload"], purpose=PURPOSE))
            self._handlers[row["kind"]].deliver(Message(row["id"], payload, row["created_at"]))
        except Undeliverable as error:
            self._give_up(row, str(error))
        except Exception as error:  # noqa: BLE001 - logged there
            self._put_back(row, error)
        else:
            self._store.finish(row, now=self._clock())

    def _put_back(self, row: Row, error: Exception) -> None:
        # The type only: an SMTP error, for one, repeats the address.
        reason = type(error).__name__
        if row["attempts"] >= _MOST_ATTEMPTS:
            self._give_up(row, f"{reason}, {row['attempts']} attempts")
            return
        delay = min(_LONGEST_DELAY, _FIRST_DELAY << (row["attempts"] - 1))
        # Spread, so that a server that comes back isn't met by everything at once.
        at = self._clock() + delay + random.randrange(1 + delay // 4)  # noqa: S311
        self._store.retry(row, at=at, error=reason)
        _log.warning("%s %s was not delivered, next attempt in %s s", row["kind"], row["id"], delay, exc_info=error)

    def _give_up(self, row: Row, reason: str) -> None:
        self._store.give_up(row, now=self._clock(), error=reason[:_LONGEST_ERROR])
        _log.error("%s %s was given up: %s", row["kind"], row["id"], reason)
