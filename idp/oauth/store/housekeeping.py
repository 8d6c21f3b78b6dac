"""Deleting what no answer depends on any more."""

from idp.db import Tx


def forget_expired(tx: Tx, *, now: int, keep: int) -> int:
    """Delete what no answer depends on any more; families are kept `keep` seconds longer, so that reuse is still seen."""
    return (
        tx.run("DELETE FROM revoked_access_token WHERE expires_at < :now", now=now)
        + tx.run("DELETE FROM used_assertion WHERE expires_at < :now", now=now)
        + tx.run("DELETE FROM token_family WHERE expires_at < :before", before=now - keep)
    )
