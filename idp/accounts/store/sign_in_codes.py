"""SQL of `sign_in_code`. Counting an attempt is one statement, and comes first; using a code up is another one."""

from idp.db import Row, Tx

_RESERVE = """
INSERT INTO sign_in_code (interaction_id, remember, attempts, created_at, expires_at)
VALUES (:interaction_id, :remember, 0, :now, :expires_at)
ON CONFLICT (interaction_id) DO UPDATE SET remember = :remember, code_hash = NULL, account_id = NULL,
    password_changed_at = NULL, created_at = :now, expires_at = :expires_at
WHERE sign_in_code.used_at IS NULL
"""
_ARM = """
UPDATE sign_in_code SET account_id = :account_id, password_changed_at = :password_changed_at, code_hash = :code_hash
WHERE interaction_id = :interaction_id AND code_hash IS NULL AND used_at IS NULL
"""
_COUNT = """
UPDATE sign_in_code SET attempts = attempts + 1
WHERE interaction_id = :interaction_id AND used_at IS NULL AND expires_at > :now AND attempts < :max_attempts
RETURNING account_id, password_changed_at, remember
"""
_CONSUME = """
UPDATE sign_in_code SET used_at = :now
WHERE account_id = :account_id AND code_hash = :code_hash AND used_at IS NULL AND expires_at > :now
"""


def reserve(tx: Tx, interaction_id: str, *, remember: int, now: int, expires_at: int) -> None:
    """Let a code be typed in this sign-in, which perhaps never gets one; a former one is worth nothing any more."""
    tx.run(_RESERVE, interaction_id=interaction_id, remember=remember, now=now, expires_at=expires_at)


def arm(tx: Tx, interaction_id: str, *, account_id: str, password_changed_at: int, code_hash: str) -> bool:
    """Say whose sign-in it is and which code was mailed for it (empty: none, any other of the account confirms it); once."""
    return (
        tx.run(
            _ARM,
            interaction_id=interaction_id,
            account_id=account_id,
            password_changed_at=password_changed_at,
            code_hash=code_hash,
        )
        == 1
    )


def count_attempt(tx: Tx, interaction_id: str, *, now: int, max_attempts: int) -> Row | None:
    """Count an attempt at a code, and return whose it may be; None when no attempt is possible."""
    return tx.one(_COUNT, interaction_id=interaction_id, now=now, max_attempts=max_attempts)


def consume(tx: Tx, account_id: str, code_hash: str, *, now: int) -> bool:
    """Use one of the account's codes up; False when it isn't one, any more."""
    return tx.run(_CONSUME, account_id=account_id, code_hash=code_hash, now=now) > 0


def close(tx: Tx, interaction_id: str, *, now: int) -> None:
    """End a sign-in that was confirmed."""
    tx.run("UPDATE sign_in_code SET used_at = :now WHERE interaction_id = :id", id=interaction_id, now=now)


def find(tx: Tx, interaction_id: str) -> Row | None:
    """Return what is kept for a sign-in."""
    return tx.one("SELECT * FROM sign_in_code WHERE interaction_id = :id", id=interaction_id)


def remove_expired(tx: Tx, *, now: int) -> int:
    """Forget what can't be used any more; return how many."""
    return tx.run("DELETE FROM sign_in_code WHERE expires_at <= :now", now=now)
