"""SQL of `push_request` and `push_turn`."""

from collections.abc import Sequence

from idp.db import Row, Tx

_INSERT = """
INSERT INTO push_request
    (id, account_id, attempt_id, proven, number, challenge, service, ip, user_agent, created_at, expires_at, delivery)
VALUES (:id, :account_id, :attempt_id, :proven, :number, :challenge, :service, :ip, :user_agent, :now, :expires_at, :delivery)
"""
_RECENT = """
SELECT count(*) AS count, min(created_at) AS oldest FROM push_request
WHERE account_id = :account_id AND proven = :proven AND created_at > :since AND (answer IS NULL OR answer <> 'approved')
"""
_ANSWER = """
UPDATE push_request SET answered_at = :now, answered_by = :factor_id, answer = CASE
    WHEN :answer <> 'approved' THEN :answer WHEN number = :number THEN 'approved' ELSE 'wrong' END
WHERE id = :id AND account_id = :account_id AND challenge = :challenge AND answer IS NULL AND expires_at > :now
    AND EXISTS (SELECT 1 FROM push_device WHERE factor_id = :factor_id)
RETURNING *
"""
_USE = """
UPDATE push_request SET used_at = :now
WHERE id = :id AND attempt_id = :attempt_id AND answer = 'approved' AND answered_by IS NOT NULL
    AND used_at IS NULL AND answered_at > :since
RETURNING answered_by
"""
_LOCK = """
UPDATE push_request SET locked_at = :now
WHERE id = :id AND account_id = :account_id AND answered_by = :factor_id AND answer = 'not_me'
    AND locked_at IS NULL AND answered_at > :since
"""


def take_turn(tx: Tx, account_id: str, *, now: int) -> None:
    """Let nobody else ask this account's devices until the transaction ends."""
    tx.run(
        "INSERT INTO push_turn (account_id, at) VALUES (:account_id, :now)"
        " ON CONFLICT (account_id) DO UPDATE SET at = :now",
        account_id=account_id,
        now=now,
    )


def of_attempt(tx: Tx, account_id: str, attempt_id: str) -> Sequence[Row]:
    """Return what was asked in this attempt, the last one first."""
    return tx.all(
        "SELECT * FROM push_request WHERE attempt_id = :attempt_id AND account_id = :account_id"
        " ORDER BY created_at DESC, id DESC",
        attempt_id=attempt_id,
        account_id=account_id,
    )


def recent(tx: Tx, account_id: str, proven: str, *, since: int) -> tuple[int, int]:
    """Return how often the account was asked since then by who had proven this and didn't approve, and when first."""
    row = tx.one(_RECENT, account_id=account_id, proven=proven, since=since)
    return (row["count"], row["oldest"] or 0) if row else (0, 0)


def denied_since(tx: Tx, account_id: str, *, since: int) -> bool:
    """Tell whether the person has said no after that moment."""
    return (
        tx.one(
            "SELECT 1 FROM push_request WHERE account_id = :account_id AND answer IN ('denied', 'not_me')"
            " AND answered_at > :since LIMIT 1",
            account_id=account_id,
            since=since,
        )
        is not None
    )


def insert(tx: Tx, **columns: object) -> None:
    """Add a request."""
    tx.run(_INSERT, **columns)


def expire_open(tx: Tx, account_id: str, *, now: int) -> None:
    """End the request that the account still has open."""
    tx.run(
        "UPDATE push_request SET expires_at = :now WHERE account_id = :account_id AND answer IS NULL AND expires_at > :now",
        account_id=account_id,
        now=now,
    )


def end(tx: Tx, account_id: str, *, now: int) -> None:
    """End what the account has open, and spend the approvals that were given and not used."""
    expire_open(tx, account_id, now=now)
    tx.run(
        "UPDATE push_request SET used_at = :now WHERE account_id = :account_id AND answer = 'approved' AND used_at IS NULL",
        account_id=account_id,
        now=now,
    )


def open_of(tx: Tx, account_id: str, *, now: int) -> Sequence[Row]:
    """Return what waits for an answer, the newest first."""
    return tx.all(
        "SELECT * FROM push_request WHERE account_id = :account_id AND answer IS NULL AND expires_at > :now ORDER BY id DESC",
        account_id=account_id,
        now=now,
    )


def find(tx: Tx, request_id: str) -> Row | None:
    """Return a request."""
    return tx.one("SELECT * FROM push_request WHERE id = :id", id=request_id)


def is_open(tx: Tx, request_id: str, *, now: int) -> bool:
    """Tell whether a request still waits for an answer."""
    row = find(tx, request_id)
    return row is not None and row["answer"] is None and row["expires_at"] > now


def answer(tx: Tx, **columns: object) -> Row | None:
    """Answer a request, once and in time; a wrong number is an answer too. Return it as it is now, None when nothing was answered."""
    return tx.one(_ANSWER, **columns)


def use(tx: Tx, request_id: str, attempt_id: str, *, now: int, since: int) -> str | None:
    """Use up an approval that was given after `since`; return by which device, None when there is none."""
    row = tx.one(_USE, id=request_id, attempt_id=attempt_id, now=now, since=since)
    return row["answered_by"] if row else None


def take_lock(tx: Tx, **columns: object) -> bool:
    """Take, once, the right to lock the account that "it wasn't me" gives the device that said so."""
    return tx.run(_LOCK, **columns) == 1


def note_delivery(tx: Tx, request_id: str, delivery: str) -> None:
    """Note how the push fared; what has reached one device isn't unsaid by another."""
    tx.run(
        "UPDATE push_request SET delivery = :delivery WHERE id = :id AND delivery <> 'sent'",
        id=request_id,
        delivery=delivery,
    )


def purge(tx: Tx, *, before: int) -> int:
    """Delete what was asked before then; returns how many."""
    return tx.run("DELETE FROM push_request WHERE created_at < :before", before=before)
