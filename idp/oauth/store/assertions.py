"""Client assertions that were used (RFC 7523 section 3)."""

from idp.db import Tx


def consume(tx: Tx, digest: str, *, expires_at: int) -> bool:
    """Remember a client assertion's `jti`: True for one caller, ever."""
    return bool(
        tx.run(
            "INSERT INTO used_assertion (digest, expires_at) VALUES (:digest, :expires_at) ON CONFLICT (digest) DO NOTHING",
            digest=digest,
            expires_at=expires_at,
        )
    )
