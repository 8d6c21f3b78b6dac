"""Alarms: the "It wasn't me" that stands in every security notice, without signing in, once and for a limited time.

An alarm remembers when it was and what the account's address was before, so that a lock-down can undo what came after. What a lock-down
does is `lockdown.py`'s.
"""

from dataclasses import dataclass

from idp.accounts.models import PRIMARY
from idp.accounts.store import addresses
from idp.clock import Clock
from idp.db import Row, Tx
from idp.ids import new_id
from keys import hashing

_INSERT = """
INSERT INTO alarm (id, account_id, secret_hash, event, address, created_at, expires_at)
VALUES (:id, :account_id, :secret_hash, :event, :address, :now, :expires_at)
"""
_CONSUME = """
UPDATE alarm SET used_at = :now WHERE secret_hash = :hash AND used_at IS NULL AND expires_at > :now RETURNING *
"""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What somebody may say wasn't them."""

    account_id: str
    event: str
    """The notice that was sent."""
    address: str
    """The account's address before it."""
    at: int
    open: bool
    """It can still be said."""


class Alarms:
    """Keeps them. `seconds`: how long one can be used."""

    def __init__(self, clock: Clock, *, seconds: int) -> None:
        self._clock = clock
        self._seconds = seconds

    def add(self, tx: Tx, account_id: str, event: str, *, former_address: str = "") -> str:
        """Return the secret of a new alarm about what happens now; `former_address`: what the address was before this."""
        now, secret = self._clock(), hashing.new_secret()
        known = (row["address"] for row in addresses.of_account(tx, account_id) if row["role"] == PRIMARY)
        tx.run(
            _INSERT,
            id=new_id(),
            account_id=account_id,
            secret_hash=hashing.digest(secret),
            event=event,
            address=former_address or next(known, ""),
            now=now,
            expires_at=now + self._seconds,
        )
        return secret

    def find(self, tx: Tx, secret: str) -> Alarm | None:
        """Return the alarm of a link, used or not."""
        row = tx.one("SELECT * FROM alarm WHERE secret_hash = :hash", hash=hashing.digest(secret))
        return self._alarm(row) if row else None

    def consume(self, tx: Tx, secret: str) -> Alarm | None:
        """Use an alarm up; None when it was used before, is too old, or never was. Atomic."""
        row = tx.one(_CONSUME, hash=hashing.digest(secret), now=self._clock())
        return self._alarm(row) if row else None

    def void_since(self, tx: Tx, account_id: str, since: int) -> None:
        """Spend what was sent at that time or later: whoever was in the account then may have got it as well."""
        sql = "UPDATE alarm SET used_at = :now WHERE account_id = :id AND created_at >= :since AND used_at IS NULL"
        tx.run(sql, id=account_id, since=since, now=self._clock())

    def first_known(self, tx: Tx, account_id: str, address: str) -> int | None:
        """Return when this is first known to have been the account's address, None if it isn't."""
        sql = "SELECT min(created_at) AS at FROM alarm WHERE account_id = :id AND address = :address"
        row = tx.one(sql, id=account_id, address=address)
        return row["at"] if row else None

    def purge(self, tx: Tx) -> int:
        """Forget those that are too old. They are kept twice as long as they work: `first_known` tells from them whose address it was."""
        return tx.run("DELETE FROM alarm WHERE expires_at <= :before", before=self._clock() - self._seconds)

    def _alarm(self, row: Row) -> Alarm:
        is_open = row["used_at"] is None and row["expires_at"] > self._clock()
        return Alarm(row["account_id"], row["event"], row["address"], row["created_at"], is_open)
