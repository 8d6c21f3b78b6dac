"""SQL of `account_quota`."""

from idp.db import Tx

_TAKE = """
INSERT INTO account_quota (subject_hash, taken, expires_at) VALUES (:hash, 1, :expires_at)
ON CONFLICT (subject_hash) DO UPDATE SET
    taken = CASE WHEN account_quota.expires_at <= :now THEN 1 ELSE account_quota.taken + 1 END,
    expires_at = :expires_at
WHERE account_quota.expires_at <= :now OR account_quota.taken < :limit
RETURNING taken
"""


def take(tx: Tx, subject_hash: str, *, limit: int, now: int, expires_at: int) -> int:
    """Take a turn and return how many are taken, or 0 when none is left: one statement. The row is locked either way."""
    row = tx.one(_TAKE, hash=subject_hash, limit=limit, now=now, expires_at=expires_at)
    return int(row["taken"]) if row else 0


def give_back(tx: Tx, subject_hash: str) -> None:
    """Undo one `take`."""
    tx.run("UPDATE account_quota SET taken = taken - 1 WHERE subject_hash = :hash AND taken > 0", hash=subject_hash)


def taken(tx: Tx, subject_hash: str, *, now: int) -> int:
    """Return how many turns are taken."""
    row = tx.one(
        "SELECT taken FROM account_quota WHERE subject_hash = :hash AND expires_at > :now", hash=subject_hash, now=now
    )
    return int(row["taken"]) if row else 0


def purge(tx: Tx, *, now: int) -> int:
    """Delete what counts nothing any more; returns how many."""
    return tx.run("DELETE FROM account_quota WHERE expires_at <= :now", now=now)
