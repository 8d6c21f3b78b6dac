"""What joins packages that may not know each other: each class is one package's port over another's service. Made by `idp.app` alone."""

import time
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from config.settings import ConfiguredClient
from idp import request_id
from idp.accounts import ports as account_ports
from idp.db import Tx
from idp.login.scope_texts import describe
from idp.notify.outbound import Outbound, OutboundError
from idp.oauth.client import ClientMetadata
from idp.oauth.service_access import ServiceAccess
from idp.web import log
from idp.web.metrics import Metrics


class Observer:
    """Counts and logs the machine endpoints' answers as `web` does those of pages."""

    def __init__(self, metrics: Metrics, *, behind_proxy: bool) -> None:
        self._metrics = metrics
        self._behind_proxy = behind_proxy

    def begin(self, offered: str | None) -> str:
        """Return the request's identifier."""
        return request_id.begin(offered if self._behind_proxy else None)

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
            account_ports.Service(
                one.client_id,
                one.name,
                scopes=describe(one.scope),
                removable=[(value, describe([value])[0]) for value in one.consented if value != "openid"],
                since=one.since,
                last_used=one.last_used,
            )
            for one in self._access.listing(account_id)
        ]

    def revoke(self, tx: Tx, account_id: str, client_id: str) -> None:
        """Take a service's access away."""
        self._access.revoke(tx, account_id, client_id)

    def narrow(self, tx: Tx, account_id: str, client_id: str, kept: frozenset[str]) -> bool:
        """Leave a service only a part of what it was allowed."""
        return bool(self._access.narrow(tx, account_id, client_id, kept))


def configured(client: ConfiguredClient) -> ClientMetadata:
    """Return the registration of a client of the settings."""
    return ClientMetadata(
        client_name=client.name,
        redirect_uris=client.redirect_uris,
        post_logout_redirect_uris=client.post_logout_redirect_uris,
        backchannel_logout_uri=client.backchannel_logout_uri or "",
        grant_types=client.grants,
        scope=" ".join(client.scopes),
        token_endpoint_auth_method=client.auth_method,
        jwks_uri=client.jwks_uri or "",
        client_uri=client.initiate_login_uri or "",
        logo_uri=client.logo_uri or "",
        first_party=client.first_party,
        audiences=client.audiences,
        default_acr_values=client.default_acr_values,
        allowed_methods=client.allowed_methods,
    )


def redirected(status: HTTPStatus, location: str, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Write an answer of the certificates' door (WSGI): a redirect that nothing keeps, or a bare status."""
    headers = [("Content-Length", "0"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")]
    headers += [("Location", location)] if location else []
    start_response(f"{status.value} {status.phrase}", headers)
    return ()


def document(outbound: Outbound, url: str) -> bytes:
    """Fetch what a client has published. Raises ValueError."""
    try:
        answer = outbound.get(url)
    except OutboundError as error:
        raise ValueError("the document can't be fetched") from error
    if answer.status != HTTPStatus.OK:
        raise ValueError(f"the document's address answered {answer.status}")
    return answer.body
