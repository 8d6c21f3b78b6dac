"""Token families: one authorization by one person to one client. Its code and tokens live and die with it."""

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
    id_token_claims: tuple[str, ...]
    userinfo_claims: tuple[str, ...]
    offline: bool
    expires_at: int
    revoked: bool


COLUMNS = (
    "f.id AS family_id, f.client_id, f.account_id, f.sid, f.scope, f.resource, f.nonce, f.auth_time, f.acr, f.amr, f.claims, f.offline, "
    "f.expires_at AS family_expires_at, f.revoked_at"
)


def read(row: Row) -> Family:
    """Read the columns of `COLUMNS`."""
    id_token_claims, _, userinfo_claims = row["claims"].partition("|")
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
        id_token_claims=tuple(id_token_claims.split()),
        userinfo_claims=tuple(userinfo_claims.split()),
        offline=bool(row["offline"]),
        expires_at=row["family_expires_at"],
        revoked=row["revoked_at"] is not None,
    )


def add(
    tx: Tx,
    *,
    client_id: str,
    authentication: Authentication,
    scope: tuple[str, ...],
    resource: tuple[str, ...],
    nonce: str,
    id_token_claims: tuple[str, ...] = (),
    userinfo_claims: tuple[str, ...] = (),
    now: int,
    expires_at: int,
) -> str:
    """Keep what was granted; return the family's id. The claims are those that were asked for by name."""
    family_id = new_id()
    tx.run(
        "INSERT INTO token_family (id, client_id, account_id, sid, scope, resource, nonce, auth_time, acr, amr, claims, offline,"
        " created_at, expires_at, last_used_at) VALUES (:id, :client_id, :account_id, :sid, :scope, :resource, :nonce,"
        " :auth_time, :acr, :amr, :claims, :offline, :now, :expires_at, :now)",
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
        claims="|".join((" ".join(id_token_claims), " ".join(userinfo_claims)))
        if id_token_claims or userinfo_claims
        else "",
        offline=int("offline_access" in scope),
        now=now,
        expires_at=expires_at,
    )
    return family_id


def revoke(tx: Tx, family_id: str, *, reason: str, now: int) -> bool:
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


def revoke_all(tx: Tx, account_id: str, *, reason: str, now: int) -> None:
    """Revoke everything that a person has given to anybody, for the future; what they consented to is remembered."""
    tx.run(
        "UPDATE token_family SET revoked_at = :now, revoked_reason = :reason"
        " WHERE account_id = :account_id AND revoked_at IS NULL",
        account_id=account_id,
        reason=reason,
        now=now,
    )


def end_session(tx: Tx, sid: str, *, now: int) -> list[tuple[str, str]]:
    """Revoke what a session gave; `offline_access` outlives it once its code was redeemed. Return each client and subject that took part in the session."""
    rows = tx.all("SELECT DISTINCT client_id, account_id FROM token_family WHERE sid = :sid", sid=sid)
    tx.run(
        "UPDATE token_family SET revoked_at = :now, revoked_reason = 'signed_out'"
        " WHERE sid = :sid AND revoked_at IS NULL AND (offline = 0 OR EXISTS"
        " (SELECT 1 FROM authorization_code c WHERE c.family_id = token_family.id AND c.used_at IS NULL))",
        sid=sid,
        now=now,
    )
    return [(row["client_id"], row["account_id"]) for row in rows]
