"""The page where an authenticator app is set up."""

from http import HTTPStatus

from flask import Blueprint, flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.sessions import Session
from idp.factors import qr
from idp.factors.pages import Pages
from idp.factors.totp import crypto
from idp.factors.totp.forms import SetupForm
from idp.factors.totp.service import Totp


def blueprint(totp: Totp, pages: Pages) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("totp", __name__, template_folder="templates")

    @routes.route("/account/security/totp/add", methods=["GET", "POST"])
    @pages.careful
    def add(session: Session) -> ResponseReturnValue:
        """Show the QR code; keep the app once it has shown a right code."""
        form = SetupForm()
        known = totp.resume(str(form.setup.data or ""), session.account_id, session.username, session.sid)
        if form.validate_on_submit():
            if known is None:
                form.code.errors = [_("This took too long. Scan the new QR code, then type the code from the app.")]
            else:
                proof = totp.confirm(known, session.account_id, form.code.data, form.name.data, pages.where(request))
                if proof:
                    pages.enrolled(session, proof)
                    flash(_("Your authenticator app is set up."), "success")
                    return pages.done()
                form.code.errors = [_("That isn’t the code that the app shows now. Look again and type it anew.")]
        setup = known or totp.begin(session.account_id, session.username, session.sid)
        form.setup.data = setup.token
        page = render_template(
            "totp/add.html",
            form=form,
            person=pages.person(session),
            picture=qr.svg(setup.uri, _("QR code for your authenticator app")),
            uri=setup.uri,
            secret=crypto.spaced(setup.secret),
        )
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK)

    return routes
