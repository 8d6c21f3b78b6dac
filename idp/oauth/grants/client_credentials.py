"""The client credentials grant: a service acts for itself (RFC 6749 section 4.4)."""

from idp.oauth import scopes
from idp.oauth.errors import InvalidScopeError, UnauthorizedClientError
from idp.oauth.grants.base import TokenAnswer, TokenGrant
from idp.oauth.scopes import STANDARD


class ClientCredentialsGrant(TokenGrant):
    """No person, hence no ID token, no refresh token (section 4.4.3) and none of the scope that stands for a person's claims."""

    GRANT_TYPE = "client_credentials"

    def validate_token_request(self) -> None:
        """Authenticate, and narrow the scope to what the client may ask for."""
        client = self.authenticate()
        if client.public:
            raise UnauthorizedClientError("A public client has no credentials of its own.")
        allowed = tuple(value for value in client.scope.split() if value not in STANDARD)
        asked = scopes.parse(self.request.form.get("scope"))
        if asked is None or not set(asked) <= set(allowed):
            raise InvalidScopeError("The scope is not one that this client may ask for.")
        self._scope = asked or allowed
        self._resource = self.asked_resource((*client.audiences, self.parts.settings.issuer))

    def create_token_response(self) -> TokenAnswer:
        """Mint."""
        token = self.parts.minting.access_token(
            self.request.client, scope=self._scope, resource=self._resource, family=None
        )
        return self.answer(token, self._scope)
