"""What every grant does the same way, so that none can forget it: client authentication, its right to the grant, scope and resource."""

from typing import Any

from authlib.oauth2.rfc6749 import BaseGrant, TokenEndpointMixin

from idp.oauth import scopes
from idp.oauth.client import Client
from idp.oauth.errors import (
    JSON_HEADERS,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    UnauthorizedClientError,
)
from idp.oauth.parts import Parts
from idp.oauth.request import ProtocolRequest
from idp.oauth.store.families import Family

TokenAnswer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class TokenGrant(BaseGrant, TokenEndpointMixin):
    """A grant of the token endpoint (RFC 6749 section 4, 6)."""

    request: ProtocolRequest

    @property
    def parts(self) -> Parts:
        """What the grant works with; the server that Authlib hands over carries it."""
        parts: Parts = self.server.parts
        return parts

    def authenticate(self) -> Client:
        """Return the client, authenticated and registered for this grant."""
        client = self.parts.authenticator.authenticate(self.request)
        if not client.check_grant_type(str(self.GRANT_TYPE)):
            raise UnauthorizedClientError("The client is not registered for this grant type.")
        return client

    def required(self, name: str) -> str:
        """Return a parameter that the grant can't do without."""
        value = self.request.form.get(name)
        if not value:
            raise InvalidRequestError(f"{name} is missing.")
        return value

    def check_session(self, family: Family) -> None:
        """Raise InvalidGrantError when the session has ended or expired that a family hangs on; with `offline_access` none does."""
        if not family.offline and not self.parts.keep_session_alive(family.sid):
            raise InvalidGrantError("The session has ended.")

    def narrowed_scope(self, granted: tuple[str, ...]) -> tuple[str, ...]:
        """Return the scope asked for, at most what was granted; all of it when none is asked for (RFC 6749 section 6)."""
        asked = scopes.parse(self.request.form.get("scope"))
        if asked is None or not set(asked) <= set(granted):
            raise InvalidScopeError("The scope exceeds what was granted.")
        return asked or granted

    def narrowed_resource(self, granted: tuple[str, ...]) -> str:
        """Return the one resource that the access token is for (RFC 8707 sections 2.2 and 3).

        It is the one asked for, among those granted; when none is asked for, the first of them, or an empty text when none was granted.
        """
        asked = self.asked_resource(granted or (self.parts.settings.issuer,))
        return asked or (granted[0] if granted else "")

    def asked_resource(self, among: tuple[str, ...]) -> str:
        """Return the resource asked for, which has to be `among` these; empty when none is. Raises InvalidTargetError, for several too."""
        asked = {value for value in self.request.payload.datalist.get("resource", ()) if value}
        if not asked <= set(among):
            raise InvalidTargetError
        if len(asked) > 1:
            raise InvalidTargetError(
                description="An access token is for one resource: ask for each in a request of its own."
            )
        return asked.pop() if asked else ""

    def id_token(self, family: Family, access_token: str, *, nonce: str) -> str:
        """Return the ID token; the person is looked up only when claims about them were asked for by name."""
        about: dict[str, Any] = {}
        if family.id_token_claims:
            person = self.parts.subjects.for_subject(family.account_id) or {}
            about = scopes.claims_named(family.id_token_claims, person)
        client: Client = self.request.client
        return self.parts.minting.id_token(client, family, access_token=access_token, nonce=nonce, about=about)

    def answer(self, access_token: str, scope: tuple[str, ...], **more: str | None) -> TokenAnswer:
        """Return the token response of RFC 6749 section 5.1."""
        body: dict[str, Any] = {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": self.parts.minting.access_token_seconds,
        }
        if scope:
            body["scope"] = " ".join(scope)
        body |= {name: value for name, value in more.items() if value}
        return 200, body, JSON_HEADERS
