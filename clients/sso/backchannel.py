"""The provider says that a session is over (OpenID Connect Back-Channel Logout 1.0). Called by the provider, not by a browser."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request

from clients.sso import store
from clients.sso.crypto import digest
from clients.sso.outcomes import ProviderUnavailableError, RefusedError
from clients.sso.parts import parts

_log = logging.getLogger(__name__)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYP = "logout+jwt"
_LEEWAY_SECONDS = 60
_LONGEST_LIFE = 3600
"""No logout token is believed for longer, whatever it says; so long its `jti` has to be remembered."""


def blueprint() -> Blueprint:
    """Return the one route. No form of ours posts there, so it needs no CSRF token."""
    routes = Blueprint("backchannel", __name__)
    routes.add_url_rule("/backchannel-logout", view_func=receive, methods=["POST"])
    return routes


def receive() -> tuple[Response, HTTPStatus]:
    """`POST /backchannel-logout` with `logout_token`: 200 when obeyed, 400 when it is refused (section 2.8)."""
    try:
        ended = _obey(request.form.get("logout_token", ""))
    except RefusedError as refusal:
        _log.warning("logout token refused: %s", refusal)
        # What exactly was wrong is for our log; whoever guesses gets no help.
        return jsonify(
            error="invalid_request", error_description="The logout token is not valid."
        ), HTTPStatus.BAD_REQUEST
    except ProviderUnavailableError as error:
        # Its keys can't be had: not the token's fault, so it is worth sending again.
        _log.warning("logout token not checked: %s", error)
        return jsonify(error="temporarily_unavailable"), HTTPStatus.SERVICE_UNAVAILABLE
    _log.info("back-channel logout ended %d sessions", ended)
    return jsonify({}), HTTPStatus.OK


def _obey(token: str) -> int:
    """End the sessions that the token names and return how many; raises RefusedError, ProviderUnavailableError."""
    here = parts()
    now = int(here.clock())
    claims = here.provider.verified(token, typ=TYP)
    check_claims(claims, issuer=here.settings.issuer, client_id=here.settings.client_id, now=now)
    remember_until = min(claims["exp"], now + _LONGEST_LIFE) + _LEEWAY_SECONDS
    ended = store.end_sessions_once(
        digest(claims["jti"]),
        remember_until,
        now,
        issued_at=claims["iat"],
        sub=claims.get("sub"),
        sid=claims.get("sid"),
    )
    if ended is None:
        raise RefusedError("jti was used before")
    return ended


def check_claims(claims: Mapping[str, Any], *, issuer: str, client_id: str, now: int) -> None:
    """Check what section 2.6 asks for, in its order, beyond the signature; raises RefusedError."""
    audience = claims.get("aud")
    named = [claims.get("sub"), claims.get("sid")]
    events = claims.get("events")
    for passed, what in (
        (claims.get("iss") == issuer, "iss isn't the issuer"),
        (audience == client_id or (isinstance(audience, list) and client_id in audience), "aud isn't this client"),
        (_is_time(claims.get("iat")) and claims["iat"] <= now + _LEEWAY_SECONDS, "iat is missing or in the future"),
        (_is_time(claims.get("iat")) and claims["iat"] >= now - _LONGEST_LIFE, "iat is long ago"),
        (_is_time(claims.get("exp")) and claims["exp"] > now - _LEEWAY_SECONDS, "exp is missing or has passed"),
        (any(named) and all(name is None or isinstance(name, str) for name in named), "sub and sid are missing or odd"),
        (isinstance(events, Mapping) and isinstance(events.get(EVENT), Mapping), "events isn't about logout"),
        # An ID token must not pass for a logout token.
        ("nonce" not in claims, "there is a nonce"),
        (isinstance(claims.get("jti"), str) and claims["jti"], "jti is missing"),
    ):
        if not passed:
            raise RefusedError(what)


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
