"""Sign-in with nothing but a certificate, where the settings allow it: the certificate itself says who it is."""

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.errors import PageError
from idp.factors.base import Refusal
from idp.factors.build import Strong
from idp.factors.certificate.service import Identified
from idp.login.dispatcher import Dispatcher
from idp.login.flow import Prove
from idp.login.forms import StepForm
from idp.login.interactions import SEE_OTHER
from idp.login.knowledge import where
from idp.web import Web


class CertificatePages:
    """The view."""

    def __init__(self, dispatcher: Dispatcher, strong: Strong, web: Web) -> None:
        self._dispatcher = dispatcher
        self._method = strong.certificates.method
        self._web = web

    def certificate(self, interaction_id: str) -> Response:
        """Lead to the address that asks for a certificate, and take what it says when it has sent the browser back."""
        if not self._method.signs_in_alone:
            raise PageError(HTTPStatus.NOT_FOUND, _("There is no page here"), _("The address may be misspelt."))
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, Prove):
            return self._dispatcher.advance(interaction)
        form, problem = StepForm(), ""
        if form.validate_on_submit():
            outcome = self._method.redeem(request.form.get("result", ""), interaction.id, "", where())
            if isinstance(outcome, Identified) and step.account_id not in {"", outcome.account_id}:
                outcome = Refusal(
                    "wrong", message=_("This certificate belongs to another account. Use one of this account.")
                )
            self._web.metrics.sign_in("success" if isinstance(outcome, Identified) else outcome.reason)
            if isinstance(outcome, Identified):
                return self._dispatcher.prove(interaction, outcome.account_id, outcome.proof)
            problem = outcome.message
        elif form.is_submitted():
            problem = _("This page was open for too long. Try again.")
        elif not request.args.get("result"):
            return redirect(self._method.way(interaction.id), SEE_OTHER)
        page = render_template(
            "certificate/alone.html",
            form=form,
            interaction=interaction,
            problem=problem,
            result="" if problem else request.args.get("result", ""),
            again=url_for("login.certificate", interaction_id=interaction.id),
        )
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK)
