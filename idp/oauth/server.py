"""Everything that is switched on, on one screen: Authlib's framework-neutral authorization server with our grants."""

from typing import Any

import orjson
from authlib.oauth2.rfc6749 import AuthorizationServer as AuthlibServer
from authlib.oauth2.rfc6749.errors import UnsupportedGrantTypeError as AuthlibUnsupportedGrantTypeError

from idp.oauth.errors import JSON_HEADERS, InvalidRequestError, OAuth2Error, UnsupportedGrantTypeError, error_body
from idp.oauth.grants.authorization_code import AuthorizationCodeGrant
from idp.oauth.grants.base import TokenGrant
from idp.oauth.grants.client_credentials import ClientCredentialsGrant
from idp.oauth.grants.refresh_token import RefreshTokenGrant
from idp.oauth.parts import Parts
from idp.oauth.request import ProtocolRequest

GRANTS: tuple[type[TokenGrant], ...] = (AuthorizationCodeGrant, RefreshTokenGrant, ClientCredentialsGrant)

WireAnswer = tuple[int, bytes, list[tuple[str, str]]]


class AuthorizationServer(AuthlibServer):
    """Dispatches a token request to its grant and writes the answer."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.parts = parts
        for grant in GRANTS:
            self.register_grant(grant)

    def get_token_grant(self, request: ProtocolRequest) -> TokenGrant:
        """Return the grant that the request names; the body is the only place that it may be named in."""
        if not request.payload.grant_type:
            raise InvalidRequestError("grant_type is missing.")
        try:
            grant: TokenGrant = super().get_token_grant(request)
        except AuthlibUnsupportedGrantTypeError as error:
            # Authlib's own repeats what the client sent.
            raise UnsupportedGrantTypeError from error
        return grant

    def create_token_response(self, request: ProtocolRequest) -> WireAnswer:
        """Answer a token request (RFC 6749 section 5). Authlib's own lets a missing grant type escape as an exception."""
        grant = self.get_token_grant(request)
        grant.validate_token_request()
        return self.handle_response(*grant.create_token_response())

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> WireAnswer:  # noqa: ANN401
        """Authlib's hook: the answer as bytes."""
        return status, orjson.dumps(body), headers

    def handle_error_response(self, _request: Any, error: OAuth2Error) -> WireAnswer:  # noqa: ANN401
        """Authlib's hook: RFC 6749 section 5.2."""
        headers = error.get_headers() if type(error).get_headers is not OAuth2Error.get_headers else JSON_HEADERS
        return error.status_code, error_body(error), headers
