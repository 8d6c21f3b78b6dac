"""What joins packages that may not know each other: each class is one package's port over another's service. Made by `idp.app` alone."""

import time
from collections.abc import Sequence

from idp import request_id
from idp.accounts import ports as account_ports
from idp.db import Tx
from idp.login.scope_texts import describe
from idp.oauth.service_access import ServiceAccess
from idp.web import log
from idp.web.metrics import Metrics


class Observer:
    """Counts and logs the machine endpoints' answers as `web` does those of pages."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def begin(self, offered: str | None) -> str:
        """Return the request's identifier."""
        return request_id.begin(offered)

    def token(self, grant: str, outcome: str) -> None:
        """Count an answer of the token endpoint."""
        self._metrics.token(grant, outcome)

    def answered(self, identifier: str, method: str, path: str, status: int, began: float) -> None:
        """Count and log an answer; `began` is of `time.perf_counter`."""
        self._metrics.request(path, status)
        log.access(identifier, method, path, status, (time.perf_counter() - began) * 1000)


class Services:
    """`accounts.ports.ServiceAccess`, with scope values in the reader's words."""

    def __init__(self, access: ServiceAccess) -> None:
        self._access = access

    def listing(self, account_id: str) -> Sequence[account_ports.Service]:
        """Return the services with access."""
        return [
            account_ports.Service(one.client_id, one.name, describe(one.scope), one.since, one.last_used)
            for one in self._access.listing(account_id)
        ]

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:
        """Take a service's access away."""
        self._access.revoke(tx, account_id, client_id)
