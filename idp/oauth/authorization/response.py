"""The authorization response at the redirect URI: a code or an error, with `state` and `iss` (RFC 6749 section 4.1.2, RFC 9207)."""

from urllib.parse import urlencode

from idp.oauth.authorization.assurance import as_asked
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.errors import OAuth2Error
from idp.oauth.parts import Parts
from idp.oauth.ports import Authentication
from idp.oauth.store import codes, families


def grant(parts: Parts, request: AuthorizationRequest, authentication: Authentication) -> str:
    """Store what was granted with a fresh code, and return the address to send the browser to.

    Raises:
        UnmetAuthenticationRequirementsError: the sign-in is weaker than what was asked for.
    """
    authentication = as_asked(request, authentication)
    now = parts.clock()
    lifetimes = parts.settings.lifetimes
    code, code_id, digest = parts.minting.code()
    data = request.parameters.data
    with parts.database.write() as tx:
        family_id = families.add(
            tx,
            client_id=request.client.client_id,
            authentication=authentication,
            scope=request.scope,
            resource=request.resource,
            nonce=data.get("nonce", ""),
            id_token_claims=request.id_token_claims,
            userinfo_claims=request.userinfo_claims,
            now=now,
            expires_at=now + lifetimes.refresh_family,
        )
        codes.add(
            tx,
            code_id,
            digest,
            family_id=family_id,
            redirect_uri=request.redirect_uri,
            sent=request.redirect_uri_sent,
            challenge=data["code_challenge"],
            expires_at=now + lifetimes.authorization_code,
        )
    return _address(parts, request, {"code": code})


def refuse(parts: Parts, request: AuthorizationRequest, error: OAuth2Error) -> str:
    """Return the address that tells the client of an error."""
    description = error.get_error_description()
    return _address(
        parts, request, {"error": error.error} | ({"error_description": description} if description else {})
    )


def _address(parts: Parts, request: AuthorizationRequest, answer: dict[str, str]) -> str:
    if request.state:
        answer["state"] = request.state
    answer["iss"] = parts.settings.issuer
    # The registered URI is kept as it is, its own query included (RFC 6749 section 3.1.2).
    separator = "&" if "?" in request.redirect_uri else "?"
    return f"{request.redirect_uri}{separator}{urlencode(answer)}"
