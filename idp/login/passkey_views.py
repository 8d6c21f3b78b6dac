"""Sign-in without a password: what the sign-in page's passkey button, and the suggestions in its username field, talk to."""

from http import HTTPStatus

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.factors.base import Refusal
from idp.factors.build import Strong
from idp.factors.webauthn.service import Identified
from idp.login.dispatcher import Dispatcher
from idp.login.flow import Prove
from idp.login.forms import ProveAgainForm, SignInForm
from idp.login.interactions import HOME, SEE_OTHER
from idp.login.knowledge import where
from idp.web import Web


class PasskeyPages:
    """The views."""

    def __init__(self, dispatcher: Dispatcher, strong: Strong, web: Web) -> None:
        self._dispatcher = dispatcher
        self._strong = strong
        self._web = web

    def passkey_options(self, interaction_id: str) -> Response:
        """Return what to ask the browser for; a new question each time, so that a page may be open for long."""
        step = self._dispatcher.step(self._dispatcher.load(interaction_id))
        account_id = _account(step) if isinstance(step, Prove) else ""
        return jsonify(self._strong.passkeys.sign_in_options(interaction_id, account_id))

    def passkey(self, interaction_id: str) -> Response:
        """Take the passkey's answer, which says who it is; if it isn't accepted, the sign-in page comes back and says why."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, Prove):
            return self._dispatcher.advance(interaction)
        if request.method != "POST":  # reloaded, or by the back button
            return redirect(url_for("login.sign_in", interaction_id=interaction_id), SEE_OTHER)
        wanted = _account(step)
        outcome = self._strong.passkeys.identify(interaction_id, request.form.get("credential", ""), where())
        if isinstance(outcome, Identified) and wanted not in {"", outcome.account_id}:
            outcome = Refusal("wrong", message=_("This passkey belongs to another account. Use one of this account."))
        self._web.metrics.sign_in("success" if isinstance(outcome, Identified) else outcome.reason)
        if isinstance(outcome, Identified):
            remember = not wanted and bool(request.form.get("remember"))
            return self._dispatcher.prove(interaction, outcome.account_id, outcome.proof, remember=remember)
        person = self._strong.standings.of(wanted) if wanted else None
        page = render_template(
            "login/sign_in.html",
            # Without what was posted: it is no answer to these fields.
            form=ProveAgainForm(None) if person else SignInForm(None, username=interaction.asked.login_hint),
            interaction=interaction,
            again=person,
            problem=outcome.message,
            refusal=outcome,
            home=HOME,
        )
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _account(step: Prove) -> str:
    """Return whose passkey it has to be; empty: anybody's."""
    return "" if "other" in request.args else step.account_id
