"""Outbox worker: claims a batch of one kind, hands each message to the kind's handler, notes how it went.

Each kind has threads of its own: a mail server that hangs keeps no logout token waiting. Any number of workers may run. Delivery is at least once: a worker that dies after sending leaves its message to the next one, so
every handler sends something that the receiver can recognise as a repetition.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, Protocol

import orjson

from config import backoff
from idp.clock import Clock
from idp.db import Database, Row
from idp.notify.outbox import PURPOSE
from idp.notify.store import OutboxStore
from keys.sealing import Sealer

_log = logging.getLogger("idp.notify.worker")

_BATCH = 20
_LEASE = 300
_FIRST_DELAY = 5
_LONGEST_DELAY = 3 * 3600
_KEPT = 7 * 24 * 3600
_LONGEST_ERROR = 300
_DAY = 24 * 3600


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


class DeliveryPolicy(NamedTuple):
    """How long a kind of message is tried, by its age in seconds, and how many at once."""

    give_up_after: int = 5 * _DAY
    """RFC 5321 section 4.5.4.1: mail is tried for four to five days."""
    threads: int = 1


class Undeliverable(Exception):  # noqa: N818 - reads as what it says of the message
    """No later attempt would succeed. The text goes into the outbox and the log, so it names no person."""


class Worker:
    """Delivers what is due. `handlers` are by kind; a message of an unknown kind waits for a worker that knows it.

    `policies` say of a kind what differs from the usual. A kind that has several threads has a handler that they may share.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        handlers: Mapping[str, Handler],
        clock: Clock,
        policies: Mapping[str, DeliveryPolicy] | None = None,
    ) -> None:
        self._store = OutboxStore(database)
        self._database = database
        self._sealer = sealer
        self._handlers = handlers
        self._clock = clock
        self._policies = {kind: (policies or {}).get(kind, DeliveryPolicy()) for kind in handlers}
        self._busy = Counter[str]()
        self._busy_lock = threading.Lock()

    def run_once(self) -> int:
        """Deliver one batch of each kind that is due; returns how many messages were taken in hand."""
        return sum(self._run_batch(kind) for kind in self._due())

    def run_forever(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Deliver until `stop` is set; looks every `pause` seconds, and survives a database that is away for a while."""
        tidied = 0.0
        with ThreadPoolExecutor(sum(policy.threads for policy in self._policies.values()), "outbox") as pool:
            while not stop.is_set():
                try:
                    for kind in self._due():
                        if self._take_thread(kind):
                            pool.submit(self._drain, kind, stop)
                    if time.monotonic() - tidied > 3600 or not tidied:  # noqa: PLR2004 - hourly
                        tidied = time.monotonic()
                        with self._database.write() as tx:
                            self._store.purge(tx, before=self._clock() - _KEPT)
                except Exception:  # noqa: BLE001 - the loop goes on, whatever it was
                    _log.exception("the outbox could not be read")
                    stop.wait(_FIRST_DELAY)
                stop.wait(pause)

    def _due(self) -> list[str]:
        return [kind for kind in self._store.due_kinds(self._clock()) if kind in self._handlers]

    def _take_thread(self, kind: str) -> bool:
        """Take one of the kind's threads; False when all are at work."""
        with self._busy_lock:
            free = self._busy[kind] < self._policies[kind].threads
            self._busy[kind] += free
        return free

    def _drain(self, kind: str, stop: threading.Event) -> None:
        """Deliver batches until there is nothing more to do."""
        try:
            while not stop.is_set() and self._run_batch(kind):
                pass
        except Exception:  # noqa: BLE001 - the next look tries again
            _log.exception("the outbox could not be read")
            stop.wait(_FIRST_DELAY)
        finally:
            with self._busy_lock:
                self._busy[kind] -= 1

    def _run_batch(self, kind: str) -> int:
        now = self._clock()
        until = now + _LEASE
        # One message a claim where several threads share a kind: a batch would wait behind its first receiver.
        limit = _BATCH if self._policies[kind].threads == 1 else 1
        claimed = self._store.claim(kind, now=now, until=until, limit=limit)
        try:
            for row in claimed:
                # What is left when the lease ends belongs to whoever claims it next.
                if self._clock() < until:
                    self._deliver(row)
        finally:
            if claimed:
                self._handlers[kind].end_batch()
        return len(claimed)

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
        age = self._clock() - row["created_at"]
        if age >= self._policies[row["kind"]].give_up_after:
            self._give_up(row, f"{reason}, {row['attempts']} attempts in {age} seconds")
            return
        delay = backoff.delay(row["attempts"], first=_FIRST_DELAY, longest=_LONGEST_DELAY)
        self._store.retry(row, at=self._clock() + delay, error=reason)
        _log.warning("%s %s was not delivered, next attempt in %s s", row["kind"], row["id"], delay, exc_info=error)

    def _give_up(self, row: Row, reason: str) -> None:
        self._store.give_up(row, now=self._clock(), error=reason[:_LONGEST_ERROR])
        _log.error("%s %s was given up: %s", row["kind"], row["id"], reason)
