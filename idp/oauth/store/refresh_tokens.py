"""Refresh tokens: RFC 6749 section 6, RFC 9700 section 4.14. A used one is kept with its successor, so that reuse is seen."""

from idp.db import Row, Tx
from idp.oauth.store.families import COLUMNS


def add(tx: Tx, token_id: str, digest: str, *, family_id: str, now: int, expires_at: int) -> None:
    """Keep a family's next refresh token."""
    tx.run(
        "INSERT INTO refresh_token (id, digest, family_id, created_at, expires_at) VALUES (:id, :digest, :family_id, :now, :expires_at)",
        id=token_id,
        digest=digest,
        family_id=family_id,
        now=now,
        expires_at=expires_at,
    )


def find(tx: Tx, token_id: str) -> Row | None:
    """Return the token's columns with those of its family, and whether its successor was used."""
    return tx.one(
        "SELECT r.id, r.digest, r.expires_at, r.used_at, r.replayed_at, r.successor_id, s.used_at AS successor_used_at, "
        f"{COLUMNS} FROM refresh_token r JOIN token_family f ON f.id = r.family_id"
        " LEFT JOIN refresh_token s ON s.id = r.successor_id WHERE r.id = :id",
        id=token_id,
    )


def rotate(
    tx: Tx, token_id: str, family_id: str, *, successor_id: str, successor_digest: str, now: int, expires_at: int
) -> bool:
    """Put the successor in the token's place: True for one caller, ever, and only while the family stands."""
    consumed = tx.one(
        "UPDATE refresh_token SET used_at = :now, successor_id = :successor_id WHERE id = :id AND used_at IS NULL"
        " AND EXISTS (SELECT 1 FROM token_family f WHERE f.id = :family_id AND f.revoked_at IS NULL) RETURNING id",
        id=token_id,
        family_id=family_id,
        successor_id=successor_id,
        now=now,
    )
    if consumed is None:
        return False
    add(tx, successor_id, successor_digest, family_id=family_id, now=now, expires_at=expires_at)
    tx.run("UPDATE token_family SET last_used_at = :now WHERE id = :id", id=family_id, now=now)
    return True


def consume_replay(tx: Tx, token_id: str, *, now: int) -> bool:
    """Let a client that lost the answer have the same successor again: True for one caller, ever."""
    return (
        tx.one(
            "UPDATE refresh_token SET replayed_at = :now WHERE id = :id AND used_at IS NOT NULL AND replayed_at IS NULL RETURNING id",
            id=token_id,
            now=now,
        )
        is not None
    )
