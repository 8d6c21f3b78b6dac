"""SQL of `confirmation`. A proof is consumed by one UPDATE, so that of any number of racing requests one wins."""

from idp.db import Row, Tx

_INSERT = """
INSERT INTO confirmation (id, purpose, account_id, address, link_hash, code_hash, attempts, sent_at, sent_count, expires_at,
                          created_at, data)
VALUES (:id, :purpose, :account_id, :address, :link_hash, :code_hash, 0, :now, 1, :expires_at, :now, :data)
"""

_CONSUME_LINK = """
UPDATE confirmation SET used_at = :now
WHERE link_hash = :link_hash AND purpose = :purpose AND used_at IS NULL AND expires_at > :now RETURNING *
"""

# Counting the attempt and using the code up is one statement: fifty guesses at once are fifty counted guesses.
_CONSUME_CODE = """
UPDATE confirmation SET attempts = attempts + 1, used_at = CASE WHEN code_hash = :code_hash THEN :now END
WHERE id = :id AND purpose = :purpose AND used_at IS NULL AND expires_at > :now AND attempts < :max_attempts RETURNING *
"""

_RENEW = """
UPDATE confirmation SET link_hash = :link_hash, code_hash = :code_hash, attempts = 0, sent_at = :now,
                        sent_count = sent_count + 1, expires_at = :expires_at
WHERE id = :id AND purpose = :purpose AND used_at IS NULL AND sent_at <= :sent_before AND sent_count < :max_sent
  AND created_at > :created_after RETURNING *
"""

_ARM = """
UPDATE confirmation SET account_id = :account_id, link_hash = :link_hash, code_hash = :code_hash
WHERE id = :id AND used_at IS NULL AND link_hash IS NULL
"""


def insert(tx: Tx, **columns: object) -> None:
    """Keep a new confirmation. Without hashes it can't be confirmed yet, see `arm`."""
    tx.run(_INSERT, **columns)


def consume_link(tx: Tx, purpose: str, link_hash: str, *, now: int) -> Row | None:
    """Use the confirmation up, or return None when it can't be: one winner."""
    return tx.one(_CONSUME_LINK, link_hash=link_hash, purpose=purpose, now=now)


def count_attempt_and_consume_code(
    tx: Tx, confirmation_id: str, purpose: str, code_hash: str, *, max_attempts: int, now: int
) -> Row | None:
    """Count one attempt; the row's `used_at` tells whether the code was right. None when no attempt is possible."""
    return tx.one(
        _CONSUME_CODE, id=confirmation_id, purpose=purpose, code_hash=code_hash, max_attempts=max_attempts, now=now
    )


def renew(tx: Tx, **parameters: object) -> Row | None:
    """Replace link and code, or return None when it is too early, too often or too late for that."""
    return tx.one(_RENEW, **parameters)


def arm(tx: Tx, confirmation_id: str, *, account_id: str, link_hash: str, code_hash: str) -> bool:
    """Say afterwards whose confirmation it is, and with what it is confirmed: once."""
    return tx.run(_ARM, id=confirmation_id, account_id=account_id, link_hash=link_hash, code_hash=code_hash) == 1


def find(tx: Tx, confirmation_id: str) -> Row | None:
    """Return the confirmation."""
    return tx.one("SELECT * FROM confirmation WHERE id = :id", id=confirmation_id)


def find_by_link(tx: Tx, link_hash: str) -> Row | None:
    """Return the confirmation that the link is about, used or expired as it may be."""
    return tx.one("SELECT * FROM confirmation WHERE link_hash = :hash", hash=link_hash)


def void(tx: Tx, account_id: str, purpose: str, *, now: int) -> None:
    """Make what was sent before for the same purpose worthless."""
    tx.run(
        "UPDATE confirmation SET used_at = :now WHERE account_id = :id AND purpose = :purpose AND used_at IS NULL",
        id=account_id,
        purpose=purpose,
        now=now,
    )


def remove_older(tx: Tx, created_before: int) -> int:
    """Forget old confirmations, and with them the accounts that were never confirmed."""
    return tx.run("DELETE FROM confirmation WHERE created_at < :before", before=created_before)
