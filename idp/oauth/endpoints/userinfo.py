"""The UserInfo endpoint: OpenID Connect Core section 5.3, with bearer tokens as RFC 6750 has them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from idp.oauth import scopes
from idp.oauth.errors import JSON_HEADERS, BearerError, InvalidRequestError
from idp.oauth.parts import Answer, Parts
from idp.oauth.request import ProtocolRequest


def userinfo(parts: Parts, request: ProtocolRequest) -> Answer:
    """Return the claims that the access token's scope stands for, and those that were asked for by name."""
    claims = parts.access_tokens.live(_bearer_token(request))
    if claims is None:
        raise BearerError("invalid_token", "The access token is not valid.")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if parts.settings.issuer not in audience:
        raise BearerError("invalid_token", "The access token is for another service.")
    scope = claims["scope"].split()
    if "openid" not in scope:
        raise BearerError(
            "insufficient_scope", "The access token lacks the scope openid.", HTTPStatus.FORBIDDEN, scope="openid"
        )
    person = parts.subjects.for_subject(claims["sub"])
    if person is None:
        raise BearerError("invalid_token", "The access token is not valid.")
    by_name = scopes.claims_named(claims.get("userinfo_claims", ()), {**person, **_about_sign_in(claims)})
    return 200, scopes.claims_for(scope, person) | by_name, JSON_HEADERS


def _about_sign_in(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: claims[name] for name in scopes.ABOUT_SIGN_IN if name in claims}


def _bearer_token(request: ProtocolRequest) -> str:
    """Take the token from the header or from a form (RFC 6750 section 2), never from the address."""
    header = request.headers.get("Authorization", "")
    scheme, _, in_header = header.partition(" ")
    in_form = request.form.get("access_token", "")
    if header and in_form:
        raise InvalidRequestError("The access token came in two ways at once.")
    token = in_header.strip() if scheme.lower() == "bearer" else in_form
    if not token:
        raise BearerError
    return str(token)
