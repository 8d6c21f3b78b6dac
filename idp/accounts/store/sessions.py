"""SQL of `sso_session` and `authentication`."""

from collections.abc import Sequence

from idp.accounts.models import ACTIVE
from idp.db import Row, Tx
from idp.ids import new_id

_INSERT = """
INSERT INTO sso_session (id, account_id, secret_hash, created_at, authenticated_at, last_seen_at, expires_at, idle_seconds,
                         remembered, ip, user_agent, proofs, address_proven_at)
VALUES (:id, :account_id, :secret_hash, :now, :authenticated_at, :now, :expires_at, :idle_seconds, :remembered, :ip, :user_agent, :proofs,
        :address_proven_at)
"""

_RECORD = """
INSERT INTO authentication (id, account_id, sid, method, strength, at, ip, user_agent)
VALUES (:id, :account_id, :sid, :method, :strength, :now, :ip, :user_agent)
"""

_LIVE = "s.ended_at IS NULL AND s.expires_at > :now AND s.last_seen_at + s.idle_seconds > :now"

_FIND = f"""
SELECT s.id, s.account_id, s.secret_hash, s.created_at, s.authenticated_at, s.last_seen_at, s.remembered, s.proofs,
       s.ip, s.user_agent, s.address_proven_at, a.username, a.name, a.locale, a.time_zone, a.roles, a.password_expires_at
FROM sso_session s JOIN account a ON a.id = s.account_id
WHERE s.id = :id AND {_LIVE} AND a.status = '{ACTIVE}'
"""

_LISTING = _FIND.replace("s.id = :id", "s.account_id = :id") + "ORDER BY s.last_seen_at DESC, s.id DESC"

_STRENGTHEN = """
UPDATE sso_session SET secret_hash = :secret_hash, authenticated_at = :authenticated_at, last_seen_at = :now, proofs = :proofs,
       address_proven_at = CASE WHEN :address_proven_at > address_proven_at THEN :address_proven_at ELSE address_proven_at END
WHERE id = :id AND ended_at IS NULL
"""

_END_ALL = """
UPDATE sso_session SET ended_at = :now, ended_reason = :reason
WHERE account_id = :account_id AND ended_at IS NULL AND id <> :except_sid RETURNING id
"""


def insert(tx: Tx, **columns: object) -> None:
    """Begin a session."""
    tx.run(_INSERT, **columns)


def record_authentication(
    tx: Tx, *, account_id: str, sid: str, method: str, strength: str, ip: str | None, user_agent: str | None, now: int
) -> None:
    """Append to the record of all that authenticated this person."""
    tx.run(
        _RECORD,
        id=new_id(),
        account_id=account_id,
        sid=sid,
        method=method,
        strength=strength,
        ip=ip,
        user_agent=user_agent,
        now=now,
    )


def find_live(tx: Tx, sid: str, *, now: int) -> Row | None:
    """Return the session with its person, or None when it has ended in any way."""
    return tx.one(_FIND, id=sid, now=now)


def live_of_account(tx: Tx, account_id: str, *, now: int) -> Sequence[Row]:
    """Return all live sessions, the last used first."""
    return tx.all(_LISTING, id=account_id, now=now)


def touch(tx: Tx, sid: str, *, now: int) -> None:
    """Note that the session is in use."""
    tx.run("UPDATE sso_session SET last_seen_at = :now WHERE id = :id AND last_seen_at < :now", id=sid, now=now)


def strengthen(tx: Tx, sid: str, **columns: object) -> None:
    """Give the session a new secret and later proofs: `secret_hash`, `proofs`, `authenticated_at`, `address_proven_at`, `now`."""
    tx.run(_STRENGTHEN, id=sid, **columns)


def renew(tx: Tx, sid: str, *, secret_hash: str) -> None:
    """Give the session a new secret."""
    tx.run("UPDATE sso_session SET secret_hash = :hash WHERE id = :id AND ended_at IS NULL", id=sid, hash=secret_hash)


def end(tx: Tx, sid: str, reason: str, *, now: int) -> str | None:
    """End the session; return whose it was, None when it had ended before."""
    row = tx.one(
        "UPDATE sso_session SET ended_at = :now, ended_reason = :reason WHERE id = :id AND ended_at IS NULL RETURNING account_id",
        id=sid,
        reason=reason,
        now=now,
    )
    return row["account_id"] if row else None


def end_all(tx: Tx, account_id: str, reason: str, *, except_sid: str, now: int) -> list[str]:
    """End the account's sessions but one, and return their ids."""
    rows = tx.all(_END_ALL, account_id=account_id, reason=reason, except_sid=except_sid, now=now)
    return [row["id"] for row in rows]


def authentications(tx: Tx, account_id: str, *, limit: int) -> Sequence[Row]:
    """Return the sign-in history, the latest first."""
    return tx.all(
        "SELECT * FROM authentication WHERE account_id = :id ORDER BY at DESC, id DESC LIMIT :limit",
        id=account_id,
        limit=limit,
    )


def remove_older(tx: Tx, before: int) -> int:
    """Forget sessions that ended or expired before then, and what was recorded in them."""
    tx.run("DELETE FROM authentication WHERE at < :before AND sid NOT IN (SELECT id FROM sso_session)", before=before)
    return tx.run("DELETE FROM sso_session WHERE ended_at < :before OR expires_at < :before", before=before)
