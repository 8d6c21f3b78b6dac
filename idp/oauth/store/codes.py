"""Authorization codes: RFC 6749 section 4.1.2. A used one is kept, so that a second use is seen."""

from idp.db import Row, Tx
from idp.oauth.store.families import COLUMNS


def add(
    tx: Tx, code_id: str, digest: str, *, family_id: str, redirect_uri: str, sent: bool, challenge: str, expires_at: int
) -> None:
    """Keep a code with what it is bound to; `sent` says that the request named the redirect URI."""
    tx.run(
        "INSERT INTO authorization_code (id, digest, family_id, redirect_uri, redirect_uri_sent, code_challenge, expires_at)"
        " VALUES (:id, :digest, :family_id, :redirect_uri, :sent, :challenge, :expires_at)",
        id=code_id,
        digest=digest,
        family_id=family_id,
        redirect_uri=redirect_uri,
        sent=int(sent),
        challenge=challenge,
        expires_at=expires_at,
    )


def find(tx: Tx, code_id: str) -> Row | None:
    """Return the code's columns with those of its family."""
    return tx.one(
        f"SELECT c.id, c.digest, c.redirect_uri, c.redirect_uri_sent, c.code_challenge, c.expires_at, c.used_at, {COLUMNS}"
        " FROM authorization_code c JOIN token_family f ON f.id = c.family_id WHERE c.id = :id",
        id=code_id,
    )


def consume(tx: Tx, code_id: str, *, now: int) -> bool:
    """Use the code up: True for one caller, ever."""
    return (
        tx.one(
            "UPDATE authorization_code SET used_at = :now WHERE id = :id AND used_at IS NULL AND expires_at > :now RETURNING id",
            id=code_id,
            now=now,
        )
        is not None
    )
