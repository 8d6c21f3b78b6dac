"""The way back in for somebody whose methods are all out of reach: after a waiting time, the password is enough again.

Whoever asks has shown a right password. Every address of the account is told at once, with a link that stops it; so does any sign-in
with one of the methods. When the time is over, the next sign-in with the password removes them all. Nothing here asks or answers a page.
"""

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.store import people
from idp.accounts.times import written
from idp.db import Tx

_ASK = """
INSERT INTO factor_reset (account_id, asked_at, due_at) VALUES (:account_id, :now, :due_at)
ON CONFLICT (account_id) DO NOTHING
"""


class Reset:
    """The use cases."""

    def __init__(self, common: Common, *, waiting_seconds: int) -> None:
        self._common = common
        self._waiting = waiting_seconds

    @property
    def waiting_days(self) -> int:
        """How long the waiting time is, in days, rounded up."""
        return -(-self._waiting // 86400)

    def due_at(self, account_id: str) -> int | None:
        """Return when the waiting time of a reset that was asked for is over, None when none was."""
        row = self._common.database.read().one("SELECT due_at FROM factor_reset WHERE account_id = :id", id=account_id)
        return row["due_at"] if row else None

    def ask(self, account_id: str, where: Where) -> int:
        """Begin the waiting time, unless it has begun; return when it is over. Every address is told."""
        now = self._common.clock()
        due_at = now + self._waiting
        with self._common.database.write() as tx:
            account = people.find(tx, account_id)
            if tx.run(_ASK, account_id=account_id, now=now, due_at=due_at) and account is not None:
                due = written(due_at, account["locale"], account["time_zone"], with_zone=True)
                self._common.notices.tell(tx, account_id, "factor_reset_asked", where, due=due)
                self._common.audit(tx, "factor_reset.asked", account_id, where)
        return self.due_at(account_id) or due_at

    def cancel(self, tx: Tx, account_id: str, where: Where) -> bool:
        """Stop it: by the owner, or because a method has just been used. False when there is none."""
        stopped = tx.run("DELETE FROM factor_reset WHERE account_id = :id", id=account_id) == 1
        if stopped:
            self._common.audit(tx, "factor_reset.cancelled", account_id, where)
        return stopped

    def forget(self, tx: Tx, account_id: str) -> None:
        """Stop it without a word."""
        tx.run("DELETE FROM factor_reset WHERE account_id = :id", id=account_id)

    def carry_out(self, account_id: str, where: Where) -> bool:
        """Remove every method if the waiting time is over; False if it isn't, or none was asked for. One of two at once does it."""
        now = self._common.clock()
        with self._common.database.write() as tx:
            due = tx.run("DELETE FROM factor_reset WHERE account_id = :id AND due_at <= :now", id=account_id, now=now)
            if due != 1:
                return False
            tx.run("DELETE FROM factor WHERE account_id = :id", id=account_id)
            tx.run("DELETE FROM trusted_browser WHERE account_id = :id", id=account_id)
            self._common.notices.tell(tx, account_id, "factor_reset_done", where)
            self._common.audit(tx, "factor_reset.done", account_id, where)
        return True
