"""What a request wants to know, and how strongly it wants the person signed in: OpenID Connect Core sections 5.5 and 5.5.1.1, RFC 9470."""

from dataclasses import replace

from idp.oauth import scopes
from idp.oauth.authorization import claims_parameter
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.errors import UnmetAuthenticationRequirementsError
from idp.oauth.ports import ACR_VALUES, Authentication, reaches


def check_claims(request: AuthorizationRequest) -> None:
    """Core section 5.5. By name a client gets what it may ask for by scope; what it may not, and what we don't know, is left out."""
    asked = request.claims = claims_parameter.parse(request.parameters.data.get("claims"))
    if "openid" not in request.scope:
        return
    allowed = {name for name, value in scopes.SCOPE_OF_CLAIM.items() if value in request.client.scope_values}
    in_scope = {name for value in request.scope for name in scopes.CLAIMS_OF_SCOPE.get(value, ())}
    request.id_token_claims = tuple(name for name in asked.id_token if name in allowed)
    beside = (allowed - in_scope) | set(scopes.ABOUT_SIGN_IN)
    request.userinfo_claims = tuple(name for name in asked.userinfo if name in beside)
    request.subject_hint = asked.subject


def check_acr(request: AuthorizationRequest) -> None:
    """Core sections 3.1.2.1 and 5.5.1.1. An Essential claim outweighs `acr_values`, and those outweigh a voluntary claim.

    What the client's registration says is for requests that say nothing, and a request can't ask for less: whoever signs in could
    change it on its way through their browser.
    """
    claims = request.claims
    essential = claims.acr if claims.acr_essential else ()
    named = essential or request.parameters.data.get("acr_values", "").split() or claims.acr
    known = tuple(value for value in dict.fromkeys(named) if value in ACR_VALUES)
    if essential and not known:
        raise UnmetAuthenticationRequirementsError
    request.acr_essential = known if essential else ()
    registered = request.client.default_acr_values
    least = min(registered, key=ACR_VALUES.index, default="")
    request.acr_values = tuple(value for value in known if reaches(value, least)) or registered


def as_asked(request: AuthorizationRequest, authentication: Authentication) -> Authentication:
    """Return the sign-in with an `acr` that answers the request.

    Core section 5.5.1.1: the answer to an Essential `acr` is one of the values asked for. Levels include those below them, so a
    stronger sign-in than any of these says truthfully that it is the strongest of them that it reaches.

    Raises:
        UnmetAuthenticationRequirementsError: it is weaker than what was asked for. The flow sees to it that it isn't; this makes sure.
    """
    if not reaches(authentication.acr, request.asked().acr_floor):
        raise UnmetAuthenticationRequirementsError
    if not request.acr_essential or authentication.acr in request.acr_essential:
        return authentication
    reached = [value for value in request.acr_essential if reaches(authentication.acr, value)]
    if not reached:
        raise UnmetAuthenticationRequirementsError
    return replace(authentication, acr=max(reached, key=ACR_VALUES.index))
