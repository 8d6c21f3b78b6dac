"""The pages by which an approved request becomes a certificate, with or without the enrolment code, and a new code for a lost one."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.certificates import words
from clients.certificates.enrolments import Enrolments, NotNowError
from clients.certificates.forms import CodeForm, ConfirmForm, PickUpForm
from clients.certificates.models import Certificate
from clients.certificates.requested import OPEN
from clients.certificates.visitors import person, strongly, who
from keys.ca import RefusedRequestError

SEE_OTHER = HTTPStatus.SEE_OTHER
_NEW_CODE_SECONDS = 300


def blueprint(enrolments: Enrolments) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("picking_up", __name__, url_prefix="/certificates/requests/<enrolment_id>")
    pages = _Pages(enrolments)
    routes.add_url_rule("/pick-up", "here", person(pages.here), methods=["POST"])
    routes.add_url_rule("/pick-up-elsewhere", "elsewhere", person(pages.elsewhere), methods=["POST"])
    for path in ("/pick-up", "/pick-up-elsewhere"):
        # A page that was reloaded, or opened again after signing in: what there is to do stands on the request's own page.
        routes.add_url_rule(path, f"back{path.replace('/', '_')}", pages.back)
    routes.add_url_rule("/code", "code", strongly(_NEW_CODE_SECONDS)(pages.code), methods=["GET", "POST"])
    return routes


class _Pages:
    def __init__(self, enrolments: Enrolments) -> None:
        self._enrolments = enrolments

    def back(self, enrolment_id: str) -> ResponseReturnValue:
        """Lead to the request."""
        return redirect(url_for("certificates.request", enrolment_id=enrolment_id), SEE_OTHER)

    def here(self, enrolment_id: str) -> ResponseReturnValue:
        """Pick up with the enrolling browser."""
        form = PickUpForm()
        if not form.validate_on_submit():
            return self._page(
                enrolment_id, CodeForm(None), _("This page was open for too long. Press the button again.")
            )
        try:
            return _picked_up(self._enrolments.pick_up(who(), enrolment_id))
        except RefusedRequestError as refused:
            return self._page(enrolment_id, CodeForm(None), words.of_request(refused))
        except NotNowError as error:
            return self._not_now(enrolment_id, CodeForm(None), error)

    def elsewhere(self, enrolment_id: str) -> ResponseReturnValue:
        """Pick up with another browser, its key and the enrolment code."""
        form = CodeForm()
        if not form.validate_on_submit():
            return self._page(enrolment_id, form)
        sent = (form.request.data or "").encode()
        try:
            return _picked_up(self._enrolments.pick_up_elsewhere(who(), enrolment_id, form.code.data, sent))
        except RefusedRequestError as refused:
            return self._page(enrolment_id, form, words.of_request(refused))
        except NotNowError as error:
            return self._not_now(enrolment_id, form, error)

    def code(self, enrolment_id: str) -> ResponseReturnValue:
        """Show a new enrolment code, once, in place of a lost one."""
        enrolment = self._enrolments.own(who().sub, enrolment_id)
        if enrolment.state not in OPEN:
            flash(_("This request isn’t open any more."), "warning")
            return redirect(url_for("certificates.request", enrolment_id=enrolment_id), SEE_OTHER)
        form = ConfirmForm()
        if not form.validate_on_submit():
            return render_template("certificates/new_code.html", enrolment=enrolment, form=form)
        try:
            code = self._enrolments.new_code(who(), enrolment_id)
        except NotNowError as error:
            return self._not_now(enrolment_id, CodeForm(None), error)
        return render_template("certificates/code_once.html", enrolment=enrolment, code=code, is_first=False)

    def _not_now(self, enrolment_id: str, form: CodeForm, error: NotNowError) -> ResponseReturnValue:
        made = self._enrolments.certificate_of(enrolment_id)
        if error.why == "done" and made is not None:
            # A double click, or the answer was lost on its way: the key, if it is anywhere, is in the browser that made it.
            flash(words.of_pick_up(error), "info")
            return redirect(url_for("own_certificates.install", serial=made.serial), SEE_OTHER)
        said = words.of_pick_up(error, self._enrolments.wait_minutes(enrolment_id))
        if error.why == "code":
            form.code.errors = [said]
            return self._page(enrolment_id, form)
        status = {"slow": HTTPStatus.TOO_MANY_REQUESTS, "locked": HTTPStatus.TOO_MANY_REQUESTS}
        return self._page(enrolment_id, form, said, status.get(error.why, HTTPStatus.UNPROCESSABLE_ENTITY))

    def _page(
        self, enrolment_id: str, form: CodeForm, refused: str = "", status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> ResponseReturnValue:
        form.code.data = form.request.data = ""
        enrolment = self._enrolments.own(who().sub, enrolment_id)
        content = render_template(
            "certificates/request.html",
            enrolment=enrolment,
            certificate=self._enrolments.certificate_of(enrolment_id),
            here=PickUpForm(None),
            elsewhere=form,
            refused=refused,
            with_code=request.endpoint == "picking_up.elsewhere",
        )
        return content, status


def _picked_up(certificate: Certificate) -> ResponseReturnValue:
    return redirect(url_for("own_certificates.install", serial=certificate.serial), SEE_OTHER)
