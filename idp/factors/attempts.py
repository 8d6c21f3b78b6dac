"""Counts attempts with a method of an account, before the answer is looked at: so parallel requests can't multiply them.

Whoever gets here has shown a right password before, or has a session; attempts count apart for each password and browser, and for each
session (`base.Attempt.proven`), so that nobody uses up somebody else's. A new password begins anew.

One atomic statement takes an attempt or refuses it; success gives all of them back. The first few cost nothing, then each costs
waiting time that doubles, and after `blocked_after` the method isn't accepted until another one has succeeded or a day has passed.
"""

from config.strong import Attempts as Limits
from idp.clock import Clock
from idp.db import Database, Tx
from idp.factors.base import Attempt, Refusal

_TAKE = """
INSERT INTO factor_attempts (account_id, method, proven, count, at, open_at)
VALUES (:account_id, :method, :proven, 1, :now, :now)
ON CONFLICT (account_id, method, proven) DO UPDATE SET
    count = CASE WHEN factor_attempts.at <= :forgotten THEN 1 ELSE factor_attempts.count + 1 END,
    at = :now,
    open_at = :now + CASE
        WHEN factor_attempts.at <= :forgotten OR factor_attempts.count + 1 < :free THEN 0
        ELSE :base * power_of_two
    END
WHERE factor_attempts.at <= :forgotten OR (factor_attempts.count < :blocked AND factor_attempts.open_at <= :now)
RETURNING count
"""
_MOST_DOUBLINGS = 10


def _doubling(limits: Limits) -> str:
    """Return SQL for 2 to the number of wrong answers beyond the free ones; neither engine's power function is the other's."""
    cases = "".join(
        f" WHEN factor_attempts.count + 1 - {limits.free} = {number} THEN {2**number}"
        for number in range(_MOST_DOUBLINGS)
    )
    return f"(CASE{cases} ELSE {2**_MOST_DOUBLINGS} END)"


class Attempts:
    """The counters."""

    def __init__(self, database: Database, clock: Clock, limits: Limits) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits
        self._take = _TAKE.replace("power_of_two", _doubling(limits))

    def take(self, attempt: Attempt, method: str) -> Refusal | int:
        """Take an attempt, in a transaction of its own; return how many there were with it, or why there is none left."""
        now, limits = self._clock(), self._limits
        # What a power cut could take back is a wrong answer; waiting for the disk here would make each right one slower.
        with self._database.write(durable=False) as tx:
            taken = tx.one(
                self._take,
                account_id=attempt.account_id,
                method=method,
                proven=attempt.proven,
                now=now,
                forgotten=now - limits.forget_after,
                free=limits.free,
                base=limits.base_delay,
                blocked=limits.blocked_after,
            )
        return int(taken["count"]) if taken else self._refusal(attempt, method, now)

    def is_last(self, count: int) -> bool:
        """Tell whether the method isn't accepted after so many."""
        return count >= self._limits.blocked_after

    def _refusal(self, attempt: Attempt, method: str, now: int) -> Refusal:
        row = self._database.read().one(
            "SELECT count, at, open_at FROM factor_attempts"
            " WHERE account_id = :account_id AND method = :method AND proven = :proven",
            account_id=attempt.account_id,
            method=method,
            proven=attempt.proven,
        )
        if row is not None and row["count"] >= self._limits.blocked_after:
            return Refusal("blocked", row["at"] + self._limits.forget_after - now)
        # Without a row somebody has just been right: the next attempt counts.
        return Refusal("wait", max(1, row["open_at"] - now) if row else 1)

    def give_back(self, attempt: Attempt, method: str) -> None:
        """Undo one `take`: nothing was guessed."""
        with self._database.write(durable=False) as tx:
            tx.run(
                "UPDATE factor_attempts SET count = count - 1, open_at = at"
                " WHERE account_id = :account_id AND method = :method AND proven = :proven AND count > 0",
                account_id=attempt.account_id,
                method=method,
                proven=attempt.proven,
            )

    def purge(self, tx: Tx) -> int:
        """Delete what is forgotten anyway."""
        before = self._clock() - self._limits.forget_after
        return tx.run("DELETE FROM factor_attempts WHERE at <= :before", before=before)

    def clear(self, tx: Tx, account_id: str) -> None:
        """Forget all wrong answers of an account: somebody has just proven to be its owner."""
        tx.run("DELETE FROM factor_attempts WHERE account_id = :account_id", account_id=account_id)
