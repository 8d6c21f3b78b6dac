"""Codes, refresh tokens, their families, consents: the only SQL of the protocol that runs while a client waits.

A method whose name begins with `consume_` or `rotate_` is one atomic statement, and of any number of callers one succeeds.
Whoever loses is told so and must revoke the family (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2) in a transaction that commits.
"""

from dataclasses import dataclass

from idp.db import Row, Tx
from idp.ids import new_id
from idp.oauth.ports import Authentication


@dataclass(frozen=True, slots=True)
class Family:
    """What one authorization granted: everything that minting needs to know."""

    id: str
    client_id: str
    account_id: str
    sid: str
    scope: tuple[str, ...]
    resource: tuple[str, ...]
    nonce: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    offline: bool
    expires_at: int
    revoked: bool


_FAMILY = (
    "f.id AS family_id, f.client_id, f.account_id, f.sid, f.scope, f.resource, f.nonce, f.auth_time, f.acr, f.amr, f.offline, "
    "f.expires_at AS family_expires_at, f.revoked_at"
)


def family_of(row: Row) -> Family:
    """Read the columns of `_FAMILY`."""
    return Family(
        id=row["family_id"],
        client_id=row["client_id"],
        account_id=row["account_id"],
        sid=row["sid"],
        scope=tuple(row["scope"].split()),
        resource=tuple(row["resource"].split()),
        nonce=row["nonce"],
        auth_time=row["auth_time"],
        acr=row["acr"],
        amr=tuple(row["amr"].split()),
        offline=bool(row["offline"]),
        expires_at=row["family_expires_at"],
        revoked=row["revoked_at"] is not None,
    )


# --- families ---------------------------------------------------------------------------------------------------------


def add_family(
    tx: Tx,
    *,
    client_id: str,
    authentication: Authentication,
    scope: tuple[str, ...],
    resource: tuple[str, ...],
    nonce: str,
    now: int,
    expires_at: int,
) -> str:
    """Keep what was granted; return the family's id."""
    family_id = new_id()
    tx.run(
        "INSERT INTO token_family (id, client_id, account_id, sid, scope, resource, nonce, auth_time, acr, amr, offline,"
        " created_at, expires_at, last_used_at) VALUES (:id, :client_id, :account_id, :sid, :scope, :resource, :nonce,"
        " :auth_time, :acr, :amr, :offline, :now, :expires_at, :now)",
        id=family_id,
        client_id=client_id,
        account_id=authentication.account_id,
        sid=authentication.sid,
        scope=" ".join(scope),
        resource=" ".join(resource),
        nonce=nonce,
        auth_time=authentication.auth_time,
        acr=authentication.acr,
        amr=" ".join(authentication.amr),
        offline=int("offline_access" in scope),
        now=now,
        expires_at=expires_at,
    )
    return family_id


def revoke_family(tx: Tx, family_id: str, *, reason: str, now: int) -> bool:
    """Revoke a family; tell whether it was this call that did it."""
    return bool(
        tx.run(
            "UPDATE token_family SET revoked_at = :now, revoked_reason = :reason WHERE id = :id AND revoked_at IS NULL",
            id=family_id,
            reason=reason,
            now=now,
        )
    )


def revoke_client_access(tx: Tx, account_id: str, client_id: str, *, now: int) -> None:
    """Withdraw all that a person has given to a client: consent and every token."""
    tx.run(
        "DELETE FROM consent WHERE account_id = :account_id AND client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )
    tx.run(
        "UPDATE token_family SET revoked_at = :now, revoked_reason = 'withdrawn'"
        " WHERE account_id = :account_id AND client_id = :client_id AND revoked_at IS NULL",
        account_id=account_id,
        client_id=client_id,
        now=now,
    )


def end_session_families(tx: Tx, sid: str, *, now: int) -> list[tuple[str, str]]:
    """Revoke what a session gave; `offline_access` outlives it. Return each client and subject that took part in the session."""
    rows = tx.all("SELECT DISTINCT client_id, account_id FROM token_family WHERE sid = :sid", sid=sid)
    tx.run(
        "UPDATE token_family SET revoked_at = :now, revoked_reason = 'signed_out'"
        " WHERE sid = :sid AND offline = 0 AND revoked_at IS NULL",
        sid=sid,
        now=now,
    )
    return [(row["client_id"], row["account_id"]) for row in rows]


# --- authorization codes ----------------------------------------------------------------------------------------------


def add_code(
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


def find_code(tx: Tx, code_id: str) -> Row | None:
    """Return the code's columns with those of its family."""
    return tx.one(
        f"SELECT c.id, c.digest, c.redirect_uri, c.redirect_uri_sent, c.code_challenge, c.expires_at, c.used_at, {_FAMILY}"
        " FROM authorization_code c JOIN token_family f ON f.id = c.family_id WHERE c.id = :id",
        id=code_id,
    )


def consume_code(tx: Tx, code_id: str, *, now: int) -> bool:
    """Use the code up: True for one caller, ever."""
    return (
        tx.one(
            "UPDATE authorization_code SET used_at = :now WHERE id = :id AND used_at IS NULL AND expires_at > :now RETURNING id",
            id=code_id,
            now=now,
        )
        is not None
    )


# --- refresh tokens ---------------------------------------------------------------------------------------------------


def add_refresh_token(tx: Tx, token_id: str, digest: str, *, family_id: str, now: int, expires_at: int) -> None:
    """Keep a family's next refresh token."""
    tx.run(
        "INSERT INTO refresh_token (id, digest, family_id, created_at, expires_at) VALUES (:id, :digest, :family_id, :now, :expires_at)",
        id=token_id,
        digest=digest,
        family_id=family_id,
        now=now,
        expires_at=expires_at,
    )


def find_refresh_token(tx: Tx, token_id: str) -> Row | None:
    """Return the token's columns with those of its family, and whether its successor was used."""
    return tx.one(
        "SELECT r.id, r.digest, r.expires_at, r.used_at, r.replayed_at, r.successor_id, s.used_at AS successor_used_at, "
        f"{_FAMILY} FROM refresh_token r JOIN token_family f ON f.id = r.family_id"
        " LEFT JOIN refresh_token s ON s.id = r.successor_id WHERE r.id = :id",
        id=token_id,
    )


def rotate_refresh_token(
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
    add_refresh_token(tx, successor_id, successor_digest, family_id=family_id, now=now, expires_at=expires_at)
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


# --- access tokens ----------------------------------------------------------------------------------------------------


def access_token_state(tx: Tx, *, jti: str, family_id: str) -> bool:
    """Tell whether an access token's family stands and the token itself wasn't revoked: one statement."""
    if family_id:
        row = tx.one(
            "SELECT f.revoked_at, r.jti FROM token_family f LEFT JOIN revoked_access_token r ON r.jti = :jti WHERE f.id = :family_id",
            jti=jti,
            family_id=family_id,
        )
        return row is not None and row["revoked_at"] is None and row["jti"] is None
    return tx.one("SELECT jti FROM revoked_access_token WHERE jti = :jti", jti=jti) is None


def revoke_access_token(tx: Tx, jti: str, *, expires_at: int) -> None:
    """Remember a revoked access token until it expires."""
    tx.run(
        "INSERT INTO revoked_access_token (jti, expires_at) VALUES (:jti, :expires_at) ON CONFLICT (jti) DO NOTHING",
        jti=jti,
        expires_at=expires_at,
    )


# --- consent, assertions ----------------------------------------------------------------------------------------------


def consented_scope(tx: Tx, account_id: str, client_id: str) -> frozenset[str]:
    """Return the scope values that the person has allowed the client before."""
    row = tx.one(
        "SELECT scope FROM consent WHERE account_id = :account_id AND client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )
    return frozenset(row["scope"].split()) if row else frozenset()


def remember_consent(tx: Tx, account_id: str, client_id: str, scope: frozenset[str], *, now: int) -> None:
    """Add to what was allowed before; a narrower request takes nothing away."""
    tx.run(
        "INSERT INTO consent (account_id, client_id, scope, granted_at) VALUES (:account_id, :client_id, :scope, :now)"
        " ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at",
        account_id=account_id,
        client_id=client_id,
        scope=" ".join(sorted(scope | consented_scope(tx, account_id, client_id))),
        now=now,
    )


def consume_assertion(tx: Tx, digest: str, *, expires_at: int) -> bool:
    """Remember a client assertion's `jti`: True for one caller, ever."""
    return bool(
        tx.run(
            "INSERT INTO used_assertion (digest, expires_at) VALUES (:digest, :expires_at) ON CONFLICT (digest) DO NOTHING",
            digest=digest,
            expires_at=expires_at,
        )
    )


def forget_expired(tx: Tx, *, now: int, keep: int) -> int:
    """Delete what no answer depends on any more; families are kept `keep` seconds longer, so that reuse is still seen."""
    return (
        tx.run("DELETE FROM revoked_access_token WHERE expires_at < :now", now=now)
        + tx.run("DELETE FROM used_assertion WHERE expires_at < :now", now=now)
        + tx.run("DELETE FROM token_family WHERE expires_at < :before", before=now - keep)
    )
