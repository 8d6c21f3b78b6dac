"""An authorization request of a known client: what it says, as far as it has been checked."""

from dataclasses import dataclass, field

from idp.oauth import redirect_uris, scopes
from idp.oauth.authorization.claims_parameter import ClaimsRequest
from idp.oauth.client import Client
from idp.oauth.ports import Asked
from idp.oauth.request import Parameters


@dataclass(slots=True)
class AuthorizationRequest:
    """What the request says. Fields after `redirect_uri_sent` are filled by the checks."""

    parameters: Parameters
    client: Client
    redirect_uri: str
    redirect_uri_sent: bool
    excess: str = ""
    """Which parameter was too long (`limits`)."""
    scope: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    subject_hint: str = ""
    claims: ClaimsRequest = field(default_factory=ClaimsRequest)
    id_token_claims: tuple[str, ...] = ()
    """Claims by name that the ID token will have beside those that it always has."""
    userinfo_claims: tuple[str, ...] = ()
    """Claims by name that the UserInfo response will have beside those of the scope."""
    acr_values: tuple[str, ...] = ()
    """See `Asked`."""
    acr_essential: tuple[str, ...] = ()
    """The values of an Essential `acr` claim: the answer has to be one of them (Core section 5.5.1.1)."""

    @property
    def state(self) -> str:
        """Returned as it came."""
        return self.parameters.data.get("state", "")

    def asked(self) -> Asked:
        """Return what the person has to be asked."""
        data = self.parameters.data
        return Asked(
            client_id=self.client.client_id,
            client_name=self.client.client_name,
            first_party=self.client.first_party,
            impersonable=self.client.public and not self.redirect_uri.startswith("https:"),
            scope=self._scope_to_allow(),
            prompt=self.prompt,
            max_age=self.max_age,
            acr_values=self.acr_values,
            acr_essential=self.claims.acr_essential,
            methods=self.client.allowed_methods,
            login_hint=data.get("login_hint", ""),
            subject_hint=self.subject_hint,
            ui_locales=data.get("ui_locales", ""),
            redirect_origin=redirect_uris.origin(self.redirect_uri),
            redirect_uri=self.redirect_uri,
            apis=tuple(api for api in self.resource or self.client.audiences if api in self.client.audiences),
        )

    def _scope_to_allow(self) -> tuple[str, ...]:
        """Return the scope with the values that stand for claims by name: people are asked about those, not about each claim."""
        names = (*self.id_token_claims, *self.userinfo_claims)
        more = (scopes.SCOPE_OF_CLAIM[name] for name in names if name in scopes.SCOPE_OF_CLAIM)
        return tuple(dict.fromkeys((*self.scope, *more)))
