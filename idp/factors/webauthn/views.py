"""The pages where a passkey or security key is added and named, and the address by which password managers find them."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp.accounts.pages import show_form
from idp.accounts.sessions import Session
from idp.factors.forms import NameForm
from idp.factors.pages import SEE_OTHER, Pages
from idp.factors.service import Factors
from idp.factors.webauthn import words
from idp.factors.webauthn.details import facts
from idp.factors.webauthn.enrolment import Enrolled
from idp.factors.webauthn.forms import AddForm
from idp.factors.webauthn.service import Passkeys

FORM = ["GET", "POST"]
_HOUR = 3600


def blueprint(passkeys: Passkeys, factors: Factors, pages: Pages) -> Blueprint:
    """Return the routes; templates anywhere may include `webauthn/signals.html`."""
    routes = Blueprint(
        "webauthn", __name__, template_folder="templates", static_folder="static", static_url_path="/static/webauthn"
    )
    routes.app_template_global("passkey_signals")(passkeys.signals)

    @routes.route("/account/security/passkeys/add", methods=FORM)
    @pages.careful
    def add(session: Session) -> ResponseReturnValue:
        """Ask the browser to make a key, and keep its public half."""
        form = AddForm()
        problem = _finish(passkeys, pages, session, form) if form.validate_on_submit() else ""
        if not isinstance(problem, str):
            return problem
        form.credential.data = ""
        page = render_template(
            "webauthn/add.html",
            form=form,
            problem=problem,
            person=pages.person(session),
            options=passkeys.enrolment.begin(session),
            kinds=(
                (
                    "passkey",
                    _("Passkey on this device or phone"),
                    _("Fingerprint, face or PIN. It signs you in without your password."),
                ),
                (
                    "security_key",
                    _("Security key"),
                    _(
                        "A small key that you plug in or hold against your phone: the second step after your password. With a PIN it can replace the password."
                    ),
                ),
            ),
            back=url_for("factors.choose", next=pages.next_path() or None),
        )
        return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK)

    @routes.route("/account/security/passkeys/<factor_id>/name", methods=FORM)
    @pages.signed_in
    def name(session: Session, factor_id: str) -> ResponseReturnValue:
        """Show what was added, and let the person give it another name."""
        key = passkeys.find(factor_id)
        if key is None or key.account_id != session.account_id:
            abort(HTTPStatus.NOT_FOUND)
        form = NameForm(name=key.name)
        if form.validate_on_submit():
            if form.name.data != key.name:
                factors.rename(session.account_id, factor_id, form.name.data, pages.where(request))
            flash(_("%(name)s is ready to use.", name=form.name.data), "success")
            return pages.done()
        return show_form(
            "webauthn/name.html", form, person=pages.person(session), session=session, details=key, facts=facts(key)
        )

    @routes.get("/.well-known/passkey-endpoints")
    def endpoints() -> Response:
        """Tell password managers where passkeys are added and looked after (W3C, A Well-Known URL for Relying Party Passkey Endpoints)."""
        origin = passkeys.party.origin
        answer = jsonify(enroll=origin + url_for(".add"), manage=origin + url_for("factors.security"))
        answer.cache_control.public, answer.cache_control.max_age = True, _HOUR
        return answer

    return routes


def _finish(passkeys: Passkeys, pages: Pages, session: Session, form: AddForm) -> Response | str:
    """Add the key; return where the person goes on, or what is wrong."""
    if not form.credential.data:
        return words.nothing()
    outcome = passkeys.enrolment.finish(
        session, str(form.credential.data), pages.where(request), otherwise=_("Passkey")
    )
    if isinstance(outcome, Enrolled):
        pages.enrolled(session, outcome.proof)
        named = url_for(".name", factor_id=outcome.factor_id, next=pages.next_path() or None)
        return redirect(named, SEE_OTHER)
    return pages.done() if passkeys.enrolment.is_repeated(session, outcome) else words.enrolment(outcome)
