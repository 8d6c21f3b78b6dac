"""Who may call an API that the provider itself has for services: a service, with a token of its own (RFC 6749 section 4.4).

The token's audience is the provider (RFC 8707), its scope the API's; errors are RFC 6750's.
"""

from http import HTTPStatus
from typing import NamedTuple

from idp.oauth.access_tokens import AccessTokens
from idp.oauth.client import Client, ClientRegistry
from idp.oauth.errors import BearerError


class ServiceCaller(NamedTuple):
    """A service that calls, and what its token lets it do."""

    client: Client
    scope: frozenset[str]


class ServiceGuard:
    """Admits. `issuer` is the audience that tokens need."""

    def __init__(self, clients: ClientRegistry, tokens: AccessTokens, issuer: str) -> None:
        self._clients = clients
        self._tokens = tokens
        self._issuer = issuer

    def admit(self, header: str, *, scope: str, realm: str) -> ServiceCaller:
        """Return the service whose own token stands in the header `Authorization`. Raises BearerError."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise BearerError(realm=realm)
        claims = self._tokens.live(token.strip())
        if claims is None:
            raise BearerError("invalid_token", "The access token is not valid.", realm=realm)
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if self._issuer not in audience:
            raise BearerError("invalid_token", "The access token is for another service.", realm=realm)
        granted = frozenset(claims["scope"].split())
        if scope not in granted:
            text = "The access token lacks the scope needed here."
            raise BearerError("insufficient_scope", text, HTTPStatus.FORBIDDEN, scope=scope, realm=realm)
        # RFC 9068 section 2.2: without a person, `sub` is the client.
        if claims["sub"] != claims["client_id"]:
            text = "Use a token of the service itself, got by client credentials."
            raise BearerError("insufficient_scope", text, HTTPStatus.FORBIDDEN, realm=realm)
        client = self._clients.find(claims["client_id"])
        if client is None:
            raise BearerError("invalid_token", "The access token is not valid.", realm=realm)
        return ServiceCaller(client, granted)
