"""SQL of `push_enrolment`."""

from idp.db import Row, Tx

_OPEN = """
INSERT INTO push_enrolment (id, sid, account_id, secret_hash, expires_at, tries)
VALUES (:id, :sid, :account_id, :secret_hash, :expires_at, 0)
ON CONFLICT (sid) DO UPDATE SET
    id = :id, account_id = :account_id, secret_hash = :secret_hash, expires_at = :expires_at, tries = 0,
    claimed_at = NULL, kid = NULL, key = NULL, subscription = NULL, endpoint_hash = NULL, number = NULL
WHERE push_enrolment.expires_at <= :now OR push_enrolment.account_id <> :account_id
"""
_CLAIM = """
UPDATE push_enrolment SET claimed_at = :now, kid = :kid, key = :key, subscription = :subscription,
    endpoint_hash = :endpoint_hash, ip = :ip, user_agent = :user_agent, number = :number
WHERE secret_hash = :secret_hash AND claimed_at IS NULL AND expires_at > :now
    AND NOT EXISTS (SELECT 1 FROM push_enrolment other WHERE other.kid = :kid)
    AND NOT EXISTS (SELECT 1 FROM push_device WHERE push_device.kid = :kid)
RETURNING id
"""
_CONFIRM = """
DELETE FROM push_enrolment
WHERE sid = :sid AND account_id = :account_id AND id = :id AND claimed_at IS NOT NULL AND expires_at > :now
    AND number = :number AND tries < :most
RETURNING *
"""
_MISS = """
UPDATE push_enrolment SET tries = tries + 1
WHERE sid = :sid AND account_id = :account_id AND id = :id AND claimed_at IS NOT NULL AND expires_at > :now
RETURNING tries
"""


def open_for(tx: Tx, **columns: object) -> None:
    """Begin one for a session, unless it has one that is still good: `id`, `sid`, `account_id`, `secret_hash`, `expires_at`, `now`."""
    tx.run(_OPEN, **columns)


def of_session(tx: Tx, sid: str, account_id: str, *, now: int) -> Row | None:
    """Return the session's enrolment, if it hasn't expired."""
    return tx.one(
        "SELECT * FROM push_enrolment WHERE sid = :sid AND account_id = :account_id AND expires_at > :now",
        sid=sid,
        account_id=account_id,
        now=now,
    )


def find_open(tx: Tx, secret_hash: str, *, now: int) -> Row | None:
    """Return the enrolment of a link that hasn't been used yet."""
    return tx.one(
        "SELECT * FROM push_enrolment WHERE secret_hash = :secret_hash AND claimed_at IS NULL AND expires_at > :now",
        secret_hash=secret_hash,
        now=now,
    )


def claim(tx: Tx, **columns: object) -> bool:
    """Give the enrolment to the one device that comes first; False for every other."""
    return tx.one(_CLAIM, **columns) is not None


def by_key(tx: Tx, kid: str, *, now: int) -> Row | None:
    """Return the enrolment that the device with this key waits for."""
    return tx.one("SELECT * FROM push_enrolment WHERE kid = :kid AND expires_at > :now", kid=kid, now=now)


def confirm(tx: Tx, **columns: object) -> Row | None:
    """Use up an enrolment whose device shows `number`: `sid`, `account_id`, `id`, `most` tries, `now`; return it, once."""
    return tx.one(_CONFIRM, **columns)


def count_miss(tx: Tx, **columns: object) -> int:
    """Count a wrong number; return how many there were."""
    row = tx.one(_MISS, **columns)
    return row["tries"] if row else 0


def end(tx: Tx, sid: str) -> None:
    """Turn the device away that waits."""
    tx.run("DELETE FROM push_enrolment WHERE sid = :sid", sid=sid)


def end_all(tx: Tx, account_id: str) -> None:
    """End all of an account's enrolments."""
    tx.run("DELETE FROM push_enrolment WHERE account_id = :id", id=account_id)


def purge(tx: Tx, *, before: int) -> int:
    """Delete what expired before then; returns how many."""
    return tx.run("DELETE FROM push_enrolment WHERE expires_at < :before", before=before)
