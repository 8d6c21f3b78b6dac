"""The outbox's SQL. Claiming is one atomic statement; finishing only counts for the claim that is still in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idp.db import Database, Row, Tx

_CLAIM = """
UPDATE outbox SET lease_until = :until, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM outbox
    WHERE done_at IS NULL AND failed_at IS NULL AND next_attempt_at <= :now AND lease_until <= :now AND kind = :kind
    ORDER BY next_attempt_at, id LIMIT :limit {skip_locked}
)
RETURNING id, kind, payload, created_at, attempts
"""
_IN_FORCE = "WHERE id = :id AND attempts = :attempts AND done_at IS NULL AND failed_at IS NULL"


class OutboxStore:
    """Statements for the worker; `add` is all that others need."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # On SQLite the writer's lock does it. PostgreSQL would let a second worker wait for rows that it then may not have.
        self._claim = _CLAIM.format(skip_locked="" if database.is_sqlite else "FOR UPDATE SKIP LOCKED")

    def claim(self, kind: str, *, now: int, until: int, limit: int) -> Sequence[Row]:
        """Take up to `limit` due messages of a kind until `until`, oldest first; no other worker gets them before that."""
        if kind not in self.due_kinds(now):  # a worker that looks in vain takes no write lock
            return ()
        with self._database.write() as tx:
            rows = tx.all(self._claim, kind=kind, now=now, until=until, limit=limit)
        return sorted(rows, key=lambda row: str(row["id"]))

    def due_kinds(self, now: int) -> list[str]:
        """Return the kinds of which there is something to claim."""
        rows = self._database.read().all(
            "SELECT DISTINCT kind FROM outbox"
            " WHERE done_at IS NULL AND failed_at IS NULL AND next_attempt_at <= :now AND lease_until <= :now",
            now=now,
        )
        return [row["kind"] for row in rows]

    def finish(self, claimed: Row, *, now: int) -> bool:
        """Note that it has gone, and erase what it said. False: the lease ran out and another worker has it."""
        return self._update("done_at = :now, payload = '', last_error = NULL", claimed, now=now)

    def retry(self, claimed: Row, *, at: int, error: str) -> bool:
        """Put it back until `at`."""
        return self._update("lease_until = 0, next_attempt_at = :at, last_error = :error", claimed, at=at, error=error)

    def give_up(self, claimed: Row, *, now: int, error: str) -> bool:
        """Note that it will never go; its content is erased as well."""
        return self._update("failed_at = :now, payload = '', last_error = :error", claimed, now=now, error=error)

    def waiting(self) -> int:
        """Return how many messages are not sent yet."""
        row = self._database.read().one(
            "SELECT count(*) AS waiting FROM outbox WHERE done_at IS NULL AND failed_at IS NULL"
        )
        return int(row["waiting"]) if row else 0

    def purge(self, tx: Tx, *, before: int) -> int:
        """Delete what was sent or given up before `before`; returns how many."""
        return tx.run("DELETE FROM outbox WHERE done_at < :before OR failed_at < :before", before=before)

    def _update(self, assignments: str, claimed: Row, **values: object) -> bool:
        with self._database.write() as tx:
            changed = tx.run(
                f"UPDATE outbox SET {assignments} {_IN_FORCE}", id=claimed["id"], attempts=claimed["attempts"], **values
            )
        return changed == 1


def add(tx: Tx, *, id: str, kind: str, payload: str, now: int) -> None:  # noqa: A002 - the column's name
    """Put a sealed message in, due at once, in the caller's transaction."""
    tx.run(
        "INSERT INTO outbox (id, kind, payload, created_at, next_attempt_at, attempts, lease_until)"
        " VALUES (:id, :kind, :payload, :now, :now, 0, 0)",
        id=id,
        kind=kind,
        payload=payload,
        now=now,
    )
