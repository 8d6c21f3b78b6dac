"""Quotas: how often something may happen to one account or address, counted in the database before it happens.

One atomic statement takes a turn or refuses it, so any number of requests at once, in any number of workers, get what one after the other
would. A quota is full again when nothing was taken for its whole period: in no span of that length is more taken than it allows.
"""

import hmac
from dataclasses import dataclass

from idp.accounts.store import quotas as store
from idp.clock import Clock
from idp.db import Tx


@dataclass(frozen=True, slots=True)
class Quota:
    """What is counted, how often it may happen, and the period in seconds."""

    name: str
    limit: int
    seconds: int


class Quotas:
    """Takes turns. `key` keeps names and addresses out of the table."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def take(self, tx: Tx, quota: Quota, subject: str) -> int:
        """Take a turn; return how many were taken with it, 0 when there was none left. Until `tx` ends, others wait for this subject."""
        now = self._clock()
        return store.take(tx, self._hash(quota, subject), limit=quota.limit, now=now, expires_at=now + quota.seconds)

    def give_back(self, tx: Tx, quota: Quota, subject: str) -> None:
        """Return a turn that wasn't one."""
        store.give_back(tx, self._hash(quota, subject))

    def is_spent(self, tx: Tx, quota: Quota, subject: str) -> bool:
        """Tell whether no turn is left."""
        return store.taken(tx, self._hash(quota, subject), now=self._clock()) >= quota.limit

    def purge(self, tx: Tx) -> int:
        """Delete those that are full again; returns how many."""
        return store.purge(tx, now=self._clock())

    def _hash(self, quota: Quota, subject: str) -> str:
        return hmac.digest(self._key, f"{quota.name} {subject}".encode(), "sha256").hex()
