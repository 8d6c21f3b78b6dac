"""The relay's SQL. Each statement is atomic: of two calls with one notice, one takes it."""

from idp.db import Tx

_TAKE = """
INSERT INTO relayed_notice (client_id, id, fingerprint, created_at) VALUES (:client_id, :id, :fingerprint, :now) ON CONFLICT DO NOTHING
"""
_COUNT = """
INSERT INTO relay_count (key, since, count) VALUES (:key, :now, :more)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN relay_count.since <= :before THEN :more ELSE relay_count.count + :more END,
    since = CASE WHEN relay_count.since <= :before THEN :now ELSE relay_count.since END
RETURNING count
"""


def take(tx: Tx, client_id: str, notice_id: str, *, fingerprint: str = "", now: int) -> str | None:
    """Remember a notice; None, or the fingerprint under which it was taken before (empty: before there were any)."""
    if tx.run(_TAKE, client_id=client_id, id=notice_id, fingerprint=fingerprint, now=now) == 1:
        return None
    # The other one has committed: its transaction is what the statement has waited for.
    there = tx.one(
        "SELECT fingerprint FROM relayed_notice WHERE client_id = :client_id AND id = :id",
        client_id=client_id,
        id=notice_id,
    )
    return str(there["fingerprint"]) if there else ""


def count(tx: Tx, key: str, *, more: int = 1, seconds: int, now: int) -> int:
    """Count `more` of something, and return how many there were in the window of so many seconds."""
    row = tx.one(_COUNT, key=key, more=more, now=now, before=now - seconds)
    return int(row["count"]) if row else more


def purge(tx: Tx, *, notices_before: int, counts_before: int) -> int:
    """Forget what nobody sends again, and windows that are over; return how many rows."""
    return tx.run("DELETE FROM relayed_notice WHERE created_at < :before", before=notices_before) + tx.run(
        "DELETE FROM relay_count WHERE since < :before", before=counts_before
    )
