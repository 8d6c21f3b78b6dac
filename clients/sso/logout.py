"""Signing out from here: the session of this service ends, then the browser goes to the provider, which ends all others.

OpenID Connect RP-Initiated Logout 1.0. What the provider tells this service on its own account is `clients.sso.backchannel`.
"""

import hmac
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from clients.sso.crypto import new_secret
from clients.sso.guard import current_session
from clients.sso.outcomes import ProviderUnavailableError
from clients.sso.parts import parts

_STATE = "sign_out_state"


def blueprint() -> Blueprint:
    """Return the two routes."""
    routes = Blueprint("logout", __name__)
    routes.add_url_rule("/sign-out", view_func=sign_out, methods=["POST"])
    routes.add_url_rule("/signed-out", view_func=signed_out)
    return routes


def sign_out() -> Response:
    """`POST /sign-out`: end the session here first, so that it is over even if the provider can't be reached."""
    here = parts()
    current = current_session()
    if current is None:
        return redirect("/", HTTPStatus.SEE_OTHER)
    id_token = here.sessions.id_token(current)
    state = session[_STATE] = new_secret()
    try:
        response = redirect(here.provider.sign_out_url(id_token, state), HTTPStatus.SEE_OTHER)
    except ProviderUnavailableError:
        response = _page(HTTPStatus.SERVICE_UNAVAILABLE, everywhere=False)
    here.sessions.close(current, response)
    return response


def signed_out() -> Response:
    """`GET /signed-out`: the provider sends the person here when all is done, with the state that `sign_out` made."""
    expected = session.pop(_STATE, "")
    if not expected or not hmac.compare_digest(expected, request.args.get("state", "")):
        # A bookmark, or a reload: there is nothing to report.
        return redirect("/", HTTPStatus.SEE_OTHER)
    return _page(HTTPStatus.OK, everywhere=True)


def _page(status: HTTPStatus, *, everywhere: bool) -> Response:
    page = render_template("sso/signed_out.html", everywhere=everywhere, home=parts().home)
    return Response(page, status, mimetype="text/html")
