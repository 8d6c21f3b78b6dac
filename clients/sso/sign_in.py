"""Signing in: to the provider, and back from it with a code (OpenID Connect Core section 3.1).

State, nonce and code verifier wait in the database, under the digest of the state and of a random name that only this browser has.
"""

import logging
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response

from clients.sso import browser_secret, store
from clients.sso.crypto import digest
from clients.sso.demands import ANY, Demand
from clients.sso.models import PendingSignIn
from clients.sso.outcomes import ClockError, ProviderUnavailableError, RefusedError, SignedIn
from clients.sso.parts import parts
from clients.sso.provider_documents import RETRY_SECONDS
from clients.sso.return_to import local_path
from config.hosts import network

_log = logging.getLogger(__name__)

_WHY = {"access_denied": "declined", "unmet_authentication_requirements": "unmet"}
PENDING_SECONDS = 70 * 60
"""A little longer than the provider keeps an unfinished sign-in."""


def blueprint() -> Blueprint:
    """Return the two routes."""
    routes = Blueprint("sign_in", __name__, template_folder="templates")
    routes.add_url_rule("/sign-in", view_func=start)
    routes.add_url_rule("/callback", view_func=callback)
    return routes


def start() -> Response:
    """`GET /sign-in?next=PATH`: begin."""
    return depart(request.args.get("next", ""))


def depart(return_to: str, demand: Demand = ANY, *, sub: str = "") -> Response:
    """Send the browser to the provider; afterwards the person is at `return_to`, if that is a path of this service.

    `demand` says what the sign-in has to be, `sub` whose it has to be, if that is known.
    """
    here = parts()
    now = int(here.clock())
    departure = here.provider.departure(str(get_locale() or ""), demand, sub=sub)
    pending = PendingSignIn(
        state_hash=digest(departure.state),
        # One for all tabs of a browser; each tab has a state of its own.
        browser_hash=browser_secret.current(),
        nonce=departure.nonce,
        code_verifier=departure.code_verifier,
        return_to=local_path(return_to, here.home),
        acr=demand.acr,
        max_age=demand.max_age,
        network=network(request.remote_addr or ""),
        expires_at=now + PENDING_SECONDS,
    )
    store.add_pending(pending, now)
    return redirect(departure.url, HTTPStatus.SEE_OTHER)


def callback() -> Response:
    """`GET /callback`: the provider's answer. Each is used once; a second visit leads on, or offers to begin again."""
    here = parts()
    pending = store.consume_pending(digest(request.args.get("state", "")), browser_secret.find(), int(here.clock()))
    if pending is None:
        # The back button, a reloaded callback, a tab that was open too long, or a link that somebody else prepared.
        return (
            redirect(here.home, HTTPStatus.SEE_OTHER) if here.sessions.find(request) else _failed("expired", here.home)
        )
    try:
        here.provider.check_issuer(request.args.get("iss"))
        if error := request.args.get("error"):
            return _failed(_WHY.get(error, "refused"), pending.return_to, detail=error)
        signed_in = here.provider.redeem(
            request.args.get("code", ""), nonce=pending.nonce, code_verifier=pending.code_verifier
        )
    except (ClockError, ProviderUnavailableError, RefusedError) as error:
        return _not_redeemed(error, pending.return_to)
    return _enter(signed_in, pending)


def _not_redeemed(error: Exception, return_to: str) -> Response:
    """Say why the answer came to nothing. The code may be used up: trying again means beginning again, on the way to the same page."""
    if isinstance(error, RefusedError):
        return _failed("refused", return_to, detail=str(error))
    if isinstance(error, ClockError):
        _log.error("signing in fails because a clock is wrong: %s", error)
    why = "clock" if isinstance(error, ClockError) else "unavailable"
    failed = _failed(why, return_to, detail=str(error), status=HTTPStatus.SERVICE_UNAVAILABLE)
    failed.headers["Retry-After"] = str(RETRY_SECONDS)
    return failed


def _enter(signed_in: SignedIn, pending: PendingSignIn) -> Response:
    """Begin the session, if the sign-in is what was asked for."""
    here, claims = parts(), signed_in.claims
    if not Demand(pending.acr, pending.max_age).met_by(claims.get("acr"), claims.get("auth_time"), here.clock()):
        # The provider should have said so. Whoever went on from here would be sent back there at once.
        return _failed("unmet", pending.return_to, detail="the sign-in is not what was asked for")
    response = redirect(pending.return_to, HTTPStatus.SEE_OTHER)
    same_person = here.sessions.person_of(request) == claims["sub"]
    if not here.sessions.open(request, response, signed_in):
        return _failed("expired", pending.return_to, detail="signed out at the provider meanwhile")
    browser_secret.renew(same_person=same_person)
    return response


def _failed(why: str, return_to: str, *, detail: str = "", status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Response:
    """Explain, and offer to begin again. Never by itself: a browser that keeps no cookies would go round in circles."""
    _log.info("sign-in ended: %s %s", why, detail[:100])
    page = render_template("sso/sign_in_failed.html", why=why, return_to=return_to, issuer=parts().settings.issuer)
    return Response(page, status, mimetype="text/html")
