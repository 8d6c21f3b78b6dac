"""Signing out from here: the session of this service ends, then the browser goes to the provider, which ends all others.

OpenID Connect RP-Initiated Logout 1.0. What the provider tells this service on its own account is `clients.sso.backchannel`.
"""

import hmac
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from clients.sso import browser_secret
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
        # The logout token was quicker, or it is a double click: it has happened.
        return redirect(url_for("logout.signed_out"), HTTPStatus.SEE_OTHER)
    id_token = here.sessions.id_token(current)
    browser_secret.forget()
    state = session[_STATE] = new_secret()
    try:
        response = redirect(here.provider.sign_out_url(id_token, state), HTTPStatus.SEE_OTHER)
    except ProviderUnavailableError:
        response = _page(HTTPStatus.SERVICE_UNAVAILABLE, "here")
    here.sessions.close(current, response)
    return response


def signed_out() -> Response:
    """`GET /signed-out`: the provider sends the person here when all is done, with the state that `sign_out` made.

    Without that state it is the same page, which claims less: who signed out at the provider itself arrives before or after its logout
    token, and whether the session here still lives for that moment decides nothing.
    """
    expected = session.pop(_STATE, "")
    # As bytes: `compare_digest` takes no text beyond ASCII.
    proven = expected and hmac.compare_digest(expected.encode(), request.args.get("state", "").encode())
    return _page(HTTPStatus.OK, "everywhere" if proven else "told")


def _page(status: HTTPStatus, extent: str) -> Response:
    # Nobody's name in the corner, for the moment in which a session still lives.
    page = render_template("sso/signed_out.html", extent=extent, home=parts().home, person=None)
    return Response(page, status, mimetype="text/html")
