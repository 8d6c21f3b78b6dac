"""Access tokens aren't stored: whether one holds is its family's state, and whether it was revoked itself (RFC 7009)."""

from idp.db import Tx


def is_live(tx: Tx, *, jti: str, family_id: str) -> bool:
    """Tell whether an access token's family stands and the token itself wasn't revoked: one statement."""
    if family_id:
        row = tx.one(
            "SELECT f.revoked_at, r.jti FROM token_family f LEFT JOIN revoked_access_token r ON r.jti = :jti WHERE f.id = :family_id",
            jti=jti,
            family_id=family_id,
        )
        return row is not None and row["revoked_at"] is None and row["jti"] is None
    return tx.one("SELECT jti FROM revoked_access_token WHERE jti = :jti", jti=jti) is None


def revoke(tx: Tx, jti: str, *, expires_at: int) -> None:
    """Remember a revoked access token until it expires."""
    tx.run(
        "INSERT INTO revoked_access_token (jti, expires_at) VALUES (:jti, :expires_at) ON CONFLICT (jti) DO NOTHING",
        jti=jti,
        expires_at=expires_at,
    )
