"""Counts attempts with a method of an account, before the answer is looked at: so parallel requests can't multiply them.

One atomic statement takes an attempt or refuses it; success gives all of them back. The first few cost nothing, then each costs
waiting time that doubles, and after `blocked_after` the method isn't accepted until another one has succeeded or a day has passed.
Whoever gets here has shown a right password before, so nobody can use this to keep a stranger out.
"""

from config.strong import Attempts as Limits
from idp.clock import Clock
from idp.db import Database, Tx
from idp.factors.base import Refusal

_TAKE = """
INSERT INTO factor_attempts (account_id, method, count, at, open_at) VALUES (:account_id, :method, 1, :now, :now)
ON CONFLICT (account_id, method) DO UPDATE SET
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

    def take(self, account_id: str, method: str) -> Refusal | None:
        """Take an attempt, in a transaction of its own; return why there is none left."""
        now, limits = self._clock(), self._limits
        # What a power cut could take back is a wrong answer; waiting for the disk here would make each right one slower.
        with self._database.write(durable=False) as tx:
            taken = tx.one(
                self._take,
                account_id=account_id,
                method=method,
                now=now,
                forgotten=now - limits.forget_after,
                free=limits.free,
                base=limits.base_delay,
                blocked=limits.blocked_after,
            )
        return None if taken else self.refusal(account_id, method)

    def refusal(self, account_id: str, method: str) -> Refusal | None:
        """Return why the method isn't accepted now, None when it is. Nothing is taken."""
        now, limits = self._clock(), self._limits
        row = self._database.read().one(
            "SELECT count, at, open_at FROM factor_attempts WHERE account_id = :account_id AND method = :method",
            account_id=account_id,
            method=method,
        )
        if row is None or row["at"] <= now - limits.forget_after:
            return None
        if row["count"] >= limits.blocked_after:
            return Refusal("blocked", row["at"] + limits.forget_after - now)
        return Refusal("wait", row["open_at"] - now) if row["open_at"] > now else None

    def give_back(self, account_id: str, method: str) -> None:
        """Undo one `take`: nothing was guessed."""
        with self._database.write(durable=False) as tx:
            tx.run(
                "UPDATE factor_attempts SET count = count - 1, open_at = at"
                " WHERE account_id = :account_id AND method = :method AND count > 0",
                account_id=account_id,
                method=method,
            )

    def purge(self, tx: Tx) -> int:
        """Delete what is forgotten anyway."""
        before = self._clock() - self._limits.forget_after
        return tx.run("DELETE FROM factor_attempts WHERE at <= :before", before=before)

    def clear(self, tx: Tx, account_id: str) -> None:
        """Forget all wrong answers of an account: somebody has just proven to be its owner."""
        tx.run("DELETE FROM factor_attempts WHERE account_id = :account_id", account_id=account_id)
