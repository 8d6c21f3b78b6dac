"""Services with access to an account, for the person who gave it: what they may read, since when, and taking it back, whole or in part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idp.audit import record
from idp.clock import Clock
from idp.db import Database, Row, Tx
from idp.oauth.client import ClientRegistry
from idp.oauth.store import consents, families


@dataclass(frozen=True, slots=True)
class Service:
    """One service that holds, or may ask for, something of the account's."""

    client_id: str
    name: str
    scope: tuple[str, ...]
    """All that it may do."""
    consented: tuple[str, ...]
    """Of that what the person can take away alone: what they were asked for. The organization's own services ask for nothing."""
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
            "SELECT client_id, created_at AS since, last_used_at AS used, scope, 0 AS consented FROM token_family"
            " WHERE account_id = :account_id AND revoked_at IS NULL AND expires_at > :now"
            " UNION ALL SELECT client_id, granted_at, granted_at, scope, 1 FROM consent WHERE account_id = :account_id"
            " ORDER BY used DESC",
            account_id=account_id,
            now=self._clock(),
        )
        of_client: dict[str, list[Row]] = {}
        for row in rows:
            of_client.setdefault(row["client_id"], []).append(row)
        return [
            Service(
                client_id,
                client.client_name,
                scope=_joined(grants),
                consented=_joined(row for row in grants if row["consented"]),
                since=min(row["since"] for row in grants),
                last_used=grants[0]["used"],
            )
            for client_id, grants in of_client.items()
            if (client := self._clients.find(client_id))
        ]

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:
        """Withdraw consent and every token; the service has to ask again."""
        now = self._clock()
        families.revoke_client_access(tx, account_id, client_id, now=now)
        record(tx, "access.withdrawn", at=now, account_id=account_id, client_id=client_id)

    def narrow(self, tx: Tx, account_id: str, client_id: str, kept: frozenset[str]) -> tuple[str, ...]:
        """Leave the client of what was allowed only `kept` and return the scope values that it lost; its tokens end with them.

        `openid` isn't taken away alone: without it the client has nothing. With `kept` it gets new tokens without a question.
        """
        now = self._clock()
        allowed = consents.allowed_scope(tx, account_id, client_id)
        lost = tuple(sorted(allowed - kept - {"openid"}))
        if lost:
            families.revoke_client_access(tx, account_id, client_id, now=now)
            consents.remember(tx, account_id, client_id, allowed.difference(lost), now=now)
            record(
                tx, "access.narrowed", at=now, account_id=account_id, client_id=client_id, detail={"lost": list(lost)}
            )
        return lost


def _joined(grants: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for row in grants for value in row["scope"].split()))
