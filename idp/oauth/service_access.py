"""Services with access to an account, for the person who gave it: what they may read, since when, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.audit import record
from idp.clock import Clock
from idp.db import Database, Tx
from idp.oauth.client import ClientRegistry
from idp.oauth.store import families


@dataclass(frozen=True, slots=True)
class Service:
    """One service that holds, or may ask for, something of the account's."""

    client_id: str
    name: str
    scope: tuple[str, ...]
    since: int
    last_used: int


class ServiceAccess:
    """Lists and withdraws."""

    def __init__(self, database: Database, clients: ClientRegistry, clock: Clock) -> None:
        self._database = database
        self._clients = clients
        self._clock = clock

    def listing(self, account_id: str) -> Sequence[Service]:
        """Return the services with a live authorization or a remembered consent, last used first."""
        rows = self._database.read().all(
            "SELECT client_id, MIN(since) AS since, MAX(used) AS used, MAX(scope) AS scope FROM ("
            " SELECT client_id, created_at AS since, last_used_at AS used, scope FROM token_family"
            "  WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now"
            " UNION ALL SELECT client_id, granted_at, granted_at, scope FROM consent WHERE account_id = :account_id"
            ") AS access GROUP BY client_id ORDER BY used DESC",
            account_id=account_id,
            now=self._clock(),
        )
        services = []
        for row in rows:
            client = self._clients.find(row["client_id"])
            if client is not None:
                services.append(
                    Service(
                        client.client_id, client.client_name, tuple(row["scope"].split()), row["since"], row["used"]
                    )
                )
        return services

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:
        """Withdraw consent and every token; the service has to ask again."""
        now = self._clock()
        families.revoke_client_access(tx, account_id, client_id, now=now)
        record(tx, "access.withdrawn", at=now, account_id=account_id, client_id=client_id)
