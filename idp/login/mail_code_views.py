"""Page of a sign-in that is confirmed by mail (`accounts.sign_in_codes`): the same for every account, name and password."""

from http import HTTPStatus

from flask import make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.accounts import strength
from idp.accounts.build import Accounts
from idp.login.dispatcher import Dispatcher
from idp.login.flow import Prove
from idp.login.forms import MailCodeForm
from idp.login.interactions import SEE_OTHER
from idp.web import Web


class MailCodePages:
    """The view."""

    def __init__(self, dispatcher: Dispatcher, accounts: Accounts, web: Web) -> None:
        self._dispatcher = dispatcher
        self._codes = accounts.sign_in_codes
        self._address_proofs = accounts.address_proofs
        self._web = web

    def mail_code(self, interaction_id: str) -> Response:
        """Take the code; with it the password counts as proven, and what else the account needs is asked as always."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, Prove):
            return self._dispatcher.advance(interaction)
        if not self._codes.is_open(interaction.id):
            return redirect(url_for("login.sign_in", interaction_id=interaction.id), SEE_OTHER)
        form, status = MailCodeForm(), HTTPStatus.OK
        if form.validate_on_submit():
            confirmed = self._codes.consume(interaction.id, str(form.code.data))
            right = confirmed is not None and step.account_id in {"", confirmed.account_id}
            self._web.metrics.sign_in("success" if right else "wrong")
            if confirmed is not None and right:
                proof = strength.password(self._dispatcher.now())
                settled = self._address_proofs.is_settled(confirmed.account_id)
                return self._dispatcher.prove(
                    interaction, confirmed.account_id, proof, remember=confirmed.remember, reads_mail=settled
                )
            form.code.errors = [_("That isn’t the code we sent. Look at the newest mail and try again.")]
        if form.is_submitted():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        page = render_template("login/mail_code.html", form=form, interaction=interaction)
        return make_response(page, status)
