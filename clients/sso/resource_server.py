"""A guard for APIs: takes an access token (RFC 9068) and says what is wrong with it (RFC 6750 section 3, RFC 9470 section 3).

The token is the only thing that counts here: no cookie, no session. It is verified by the provider's published keys; a token that was
revoked before its time works until it expires, minutes later.
"""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple, ParamSpec, cast

from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from clients.sso.demands import ANY, Demand
from clients.sso.outcomes import ProviderUnavailableError, RefusedError
from clients.sso.parts import parts

_log = logging.getLogger(__name__)

TYP = "at+jwt"
_LONGEST = 8192
_RETRY_SECONDS = 10
P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class Caller(NamedTuple):
    """Whom a token speaks for, and the app that holds it."""

    sub: str
    client_id: str


class ChallengeError(Exception):
    """Why a token won't do. Without an error only a token is asked for (RFC 6750 section 3.1)."""

    def __init__(
        self,
        error: str = "",
        description: str = "",
        *,
        status: HTTPStatus = HTTPStatus.UNAUTHORIZED,
        scope: str = "",
        demand: Demand = ANY,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status
        self.scope = scope
        self.demand = demand

    def header(self, realm: str) -> str:
        """Return `WWW-Authenticate`."""
        max_age = "" if self.demand.max_age is None else str(self.demand.max_age)
        said = {
            "realm": realm,
            "error": self.error,
            "error_description": self.description,
            "scope": self.scope,
            "acr_values": self.demand.acr,
            "max_age": max_age,
        }
        return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in said.items() if value)


class ResourceServer:
    """The guard of one API. `audience` is its identifier, the `resource` that tokens are asked for (RFC 8707)."""

    def __init__(self, audience: str, realm: str) -> None:
        self._audience = audience
        self._realm = realm

    def requires(
        self, scope: str, *, acr: str = "", max_age: int | None = None, own: bool = False
    ) -> Callable[[View[P]], View[P]]:
        """Show a view to whoever brings a token with that scope, made by a sign-in of that level and age.

        `own` takes only tokens that a service got for itself (RFC 6749 section 4.4), none that speaks for a person.
        """
        demand = Demand(acr, max_age)

        def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
            @wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
                try:
                    g.caller = self._admit(request.headers.getlist("Authorization"), scope, demand, own=own)
                except ChallengeError as challenge:
                    return self._refuse(challenge)
                except ProviderUnavailableError as error:
                    _log.warning("token not checked: %s", error)
                    return _busy()
                return view(*args, **kwargs)

            return guarded

        return decorate

    def _admit(self, headers: list[str], scope: str, demand: Demand, *, own: bool) -> Caller:
        """Return whom the token speaks for; raises ChallengeError, ProviderUnavailableError."""
        claims = self._verified(_bearer_token(headers))
        now = parts().clock()
        check_claims(claims, issuer=parts().settings.issuer, audience=self._audience, now=now)
        # Before strength: a stronger sign-in is no help to somebody whose app may not do this at all.
        if scope not in str(claims.get("scope", "")).split():
            text = "The access token lacks the scope needed here."
            raise ChallengeError("insufficient_scope", text, status=HTTPStatus.FORBIDDEN, scope=scope)
        # RFC 9068 section 2.2: without a person, `sub` is the client.
        if own and claims["sub"] != claims["client_id"]:
            text = "Use a token of the service itself, got by client credentials."
            raise ChallengeError("insufficient_scope", text, status=HTTPStatus.FORBIDDEN)
        if not demand.met_by(claims.get("acr"), claims.get("auth_time"), now):
            text = "A stronger or more recent sign-in is needed."
            raise ChallengeError("insufficient_user_authentication", text, demand=demand)
        return Caller(claims["sub"], claims["client_id"])

    def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            return parts().provider.verified(token, typ=TYP)
        except RefusedError as refusal:
            raise _invalid(str(refusal)) from refusal

    def _refuse(self, challenge: ChallengeError) -> Response:
        body = {"error": challenge.error or "invalid_token"}
        if challenge.description:
            body["error_description"] = challenge.description
        response = jsonify(body)
        response.status_code = challenge.status
        response.headers["WWW-Authenticate"] = challenge.header(self._realm)
        return response


def caller() -> Caller:
    """Return whom the token of this request speaks for; only behind `ResourceServer.requires`."""
    return cast("Caller", g.caller)


def check_claims(claims: Mapping[str, Any], *, issuer: str, audience: str, now: float) -> None:
    """Check what RFC 9068 section 4 asks for, beyond type and signature; raises ChallengeError."""
    aud = claims.get("aud")
    for passed, what in (
        (claims.get("iss") == issuer, "iss isn't the issuer"),
        (aud == audience or (isinstance(aud, list) and audience in aud), "aud isn't this API"),
        (_is_time(claims.get("exp")) and claims["exp"] > now, "exp is missing or has passed"),
        ("nbf" not in claims or (_is_time(claims["nbf"]) and claims["nbf"] <= now), "nbf is in the future"),
        (isinstance(claims.get("sub"), str) and claims["sub"], "sub is missing"),
        (isinstance(claims.get("client_id"), str) and claims["client_id"], "client_id is missing"),
    ):
        if not passed:
            raise _invalid(what)


def _bearer_token(headers: list[str]) -> str:
    """Take the token from the header (RFC 6750 section 2.1); the other two ways lead through logs and histories."""
    if len(headers) > 1:
        text = "There is more than one Authorization header."
        raise ChallengeError("invalid_request", text, status=HTTPStatus.BAD_REQUEST)
    scheme, _, token = (headers[0] if headers else "").partition(" ")
    if scheme.lower() != "bearer":
        raise ChallengeError
    token = token.strip()
    if not token or len(token) > _LONGEST or not token.isascii():
        text = "The Authorization header is not well formed."
        raise ChallengeError("invalid_request", text, status=HTTPStatus.BAD_REQUEST)
    return token


def _invalid(why: str) -> ChallengeError:
    # What exactly was wrong is for our log; whoever guesses gets no help.
    _log.info("access token refused: %s", why)
    return ChallengeError("invalid_token", "The access token is not valid here.")


def _busy() -> Response:
    response = jsonify(error="temporarily_unavailable")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
