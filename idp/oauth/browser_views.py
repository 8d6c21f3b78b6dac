"""The protocol's pages: the authorization endpoint and signing out. What the person is asked in between is `ports.SignIn`'s."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.errors import PageError
from idp.oauth.authorization import checks, response
from idp.oauth.authorization.checks import UnknownClientError
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.client import Client
from idp.oauth.errors import OAuth2Error
from idp.oauth.id_token_hints import IdTokenHints
from idp.oauth.logout import EndSessionRequest, Logout
from idp.oauth.parts import Parts
from idp.oauth.ports import Authentication, Refused, SignIn
from idp.web import allow_form_redirect

SEE_OTHER = HTTPStatus.SEE_OTHER


class Authorization:
    """The authorization endpoint, from a request to its answer, whether or not a sign-in page lies between."""

    def __init__(self, parts: Parts, hints: IdTokenHints) -> None:
        self._parts = parts
        self._hints = hints

    def start(self, pairs: list[tuple[str, str]], sign_in: SignIn) -> Response:
        """Answer at once if the person's sign-in suffices, else send them to the next step."""
        authorization_request = self._identify(pairs)
        try:
            checks.read(authorization_request, self._subject_of_hint, self._parts.settings.issuer)
        except OAuth2Error as error:
            return self._refuse(authorization_request, error)
        outcome = sign_in.begin(authorization_request.asked(), {"pairs": authorization_request.parameters.pairs})
        if isinstance(outcome, Response):
            return outcome
        return self._answer(authorization_request, outcome)

    def resume(self, parameters: Mapping[str, Any], outcome: Authentication | Refused) -> Response:
        """Answer the request that `start` handed over, now that the person has done what was asked. All checks run again."""
        authorization_request = self._identify([(name, value) for name, value in parameters["pairs"]])
        try:
            checks.read(authorization_request, self._subject_of_hint, self._parts.settings.issuer)
        except OAuth2Error as error:
            return self._refuse(authorization_request, error)
        return self._answer(authorization_request, outcome)

    @staticmethod
    def address(parameters: Mapping[str, Any]) -> str:
        """Return where the request that `start` handed over is made anew."""
        return f"{url_for('oauth.authorize')}?{urlencode([(name, value) for name, value in parameters['pairs']])}"

    def _identify(self, pairs: list[tuple[str, str]]) -> AuthorizationRequest:
        try:
            return checks.identify(pairs, self._parts.clients)
        except UnknownClientError as error:
            raise PageError(
                HTTPStatus.BAD_REQUEST,
                _("This link doesn’t lead anywhere"),
                _(
                    "The service that sent you here isn’t registered with us, or asked to send you back to an address that it hasn’t "
                    "registered. Go back to the service and try again; if it happens again, tell the people who run it."
                ),
                detail=str(error),
            ) from error

    def _answer(self, authorization_request: AuthorizationRequest, outcome: Authentication | Refused) -> Response:
        if isinstance(outcome, Refused):
            return self._refuse(
                authorization_request, OAuth2Error(error=outcome.error, description=outcome.description)
            )
        try:
            return redirect(response.grant(self._parts, authorization_request, outcome), SEE_OTHER)
        except OAuth2Error as error:
            return self._refuse(authorization_request, error)

    def _refuse(self, authorization_request: AuthorizationRequest, error: OAuth2Error) -> Response:
        return redirect(response.refuse(self._parts, authorization_request, error), SEE_OTHER)

    def _subject_of_hint(self, token: str, client: Client) -> str | None:
        hint = self._hints.read(token)
        return hint.subject if hint and hint.client_id == client.client_id else None


def blueprint(authorization: Authorization, logout: Logout, sign_in: SignIn) -> Blueprint:
    """Return the routes. `authorize` and `end_session` are called from other sites, also by POST: exempt them from CSRF checks."""
    pages = Blueprint("oauth", __name__, template_folder="templates")

    @pages.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Response:
        values = request.form if request.method == "POST" else request.args
        return authorization.start(list(values.items(multi=True)), sign_in)

    @pages.route("/end-session", methods=["GET", "POST"])
    def end_session() -> Response | str:
        asked = logout.read(request.values)
        current = sign_in.current()
        if not current:
            return _signed_out(asked)
        if any(one.sid == asked.sid and one.account_id == asked.subject for one in current):
            sign_in.end(sid=asked.sid)
            return _signed_out(asked)
        # Nothing proves that the person wants this, so they are asked: a link on any page could have led here.
        if asked.return_to:
            allow_form_redirect(asked.return_to)
        return render_template("oauth/confirm_sign_out.html", asked=asked, fields=request.values)

    @pages.post("/sign-out")
    def sign_out() -> Response | str:
        sign_in.end(sid=None)
        return _signed_out(logout.read(request.form))

    @pages.get("/signed-out")
    def signed_out() -> str:
        return render_template("oauth/signed_out.html")

    return pages


def _signed_out(asked: EndSessionRequest) -> Response:
    return redirect(asked.return_to or url_for("oauth.signed_out"), SEE_OTHER)
