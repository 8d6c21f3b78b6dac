"""What people have allowed clients, remembered."""

from idp.db import Tx


def allowed_scope(tx: Tx, account_id: str, client_id: str) -> frozenset[str]:
    """Return the scope values that the person has allowed the client before."""
    row = tx.one(
        "SELECT scope FROM consent WHERE account_id = :account_id AND client_id = :client_id",
        account_id=account_id,
        client_id=client_id,
    )
    return frozenset(row["scope"].split()) if row else frozenset()


def remember(tx: Tx, account_id: str, client_id: str, scope: frozenset[str], *, now: int) -> None:
    """Add to what was allowed before; a narrower request takes nothing away."""
    tx.run(
        "INSERT INTO consent (account_id, client_id, scope, granted_at) VALUES (:account_id, :client_id, :scope, :now)"
        " ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at",
        account_id=account_id,
        client_id=client_id,
        scope=" ".join(sorted(scope | allowed_scope(tx, account_id, client_id))),
        now=now,
    )
