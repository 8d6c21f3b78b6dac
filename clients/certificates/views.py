"""The pages of a person's requests: the overview, asking for a certificate, where things stand, and taking a request back."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.certificates import filters, words
from clients.certificates.devices import device_of
from clients.certificates.enrolments import Enrolments, OpenAlreadyError
from clients.certificates.forms import CodeForm, ConfirmForm, EnrolForm, PickUpForm
from clients.certificates.looking_after import LookingAfter
from clients.certificates.requested import OPEN
from clients.certificates.sendings import SETTINGS
from clients.certificates.visitors import is_officer, person, who
from clients.sso.guard import Visitor, current_visitor, kept_form
from clients.sso.parts import parts
from keys.ca import RefusedRequestError
from keys.ca.names import latin

SEE_OTHER = HTTPStatus.SEE_OTHER
BOTH = ["GET", "POST"]


def blueprint(enrolments: Enrolments, looking_after: LookingAfter, profile_url: str) -> Blueprint:
    """Return the routes; `profile_url` is where people change their name."""
    routes = Blueprint("certificates", __name__, template_folder="templates")
    pages = _Pages(enrolments, looking_after)
    filters.install(routes)
    routes.app_context_processor(
        lambda: {
            "is_officer": is_officer(),
            "waiting_for_officers": enrolments.count_waiting() if is_officer() else 0,
            "state_of": looking_after.state,
            "profile_url": profile_url,
        }
    )
    for path, name, methods in (
        ("/", "home", ["GET"]),
        ("/certificates", "overview", ["GET"]),
        (SETTINGS, "messages", ["GET"]),
        ("/certificates/new", "new", BOTH),
        ("/certificates/requests/<enrolment_id>", "request", ["GET"]),
        ("/certificates/requests/<enrolment_id>/withdraw", "withdraw", BOTH),
    ):
        routes.add_url_rule(path, name, person(getattr(pages, name)), methods=methods)
    return routes


class _Pages:
    def __init__(self, enrolments: Enrolments, looking_after: LookingAfter) -> None:
        self._enrolments = enrolments
        self._looking_after = looking_after

    def home(self) -> ResponseReturnValue:
        """Lead to the overview."""
        return redirect(url_for(".overview"), SEE_OTHER)

    def messages(self) -> ResponseReturnValue:
        """Lead to where people choose what they hear of."""
        here = parts().settings
        return redirect(f"{here.services.get('dashboard', here.issuer)}/messages/services", SEE_OTHER)

    def overview(self) -> ResponseReturnValue:
        """Show what the person has and what they have asked for."""
        sub = who().sub
        requests = self._enrolments.of_person(sub)
        certificates = self._looking_after.of_person(sub)
        return render_template(
            "certificates/overview.html",
            requests=requests,
            certificates=certificates,
            current=[one for one in certificates if self._looking_after.state(one) in {"good", "ending", "renewed"}],
            open_request=next((one for one in requests if one.state in OPEN), None),
        )

    def new(self) -> ResponseReturnValue:
        """Ask for a certificate; the code is shown once, in the answer."""
        visitor = current_visitor() or abort(HTTPStatus.FORBIDDEN)
        there = next((one for one in self._enrolments.of_person(visitor.sub) if one.state in OPEN), None)
        if there is not None:
            return _open_already(there.id)
        kept = kept_form() if request.method == "GET" else None
        form = EnrolForm(kept) if kept else EnrolForm()
        if not form.validate_on_submit():
            return _enrol_page(form, visitor)
        device = str(device_of(request.user_agent.string))
        try:
            made, code = self._enrolments.ask(
                who(), visitor, (form.request.data or "").encode(), form.purpose.data, device
            )
        except RefusedRequestError as refused:
            return _enrol_page(form, visitor, words.of_request(refused))
        except OpenAlreadyError:
            return redirect(url_for(".overview"), SEE_OTHER)
        return render_template("certificates/code_once.html", enrolment=made, code=code, is_first=True)

    def request(self, enrolment_id: str) -> ResponseReturnValue:
        """Show where a request stands; when it is approved, pick the certificate up there."""
        enrolment = self._enrolments.own(who().sub, enrolment_id)
        return render_template(
            "certificates/request.html",
            enrolment=enrolment,
            certificate=self._enrolments.certificate_of(enrolment_id),
            here=PickUpForm(),
            elsewhere=CodeForm(),
        )

    def withdraw(self, enrolment_id: str) -> ResponseReturnValue:
        """Ask once more, then take a request back."""
        enrolment = self._enrolments.own(who().sub, enrolment_id)
        if request.method == "GET" and enrolment.state in OPEN:
            return render_template("certificates/withdraw.html", enrolment=enrolment, form=ConfirmForm())
        if request.method == "POST" and self._enrolments.withdraw(who(), enrolment_id):
            flash(_("Your request is taken back."), "success")
            return redirect(url_for(".overview"), SEE_OTHER)
        # A double click, another tab, or an officer was quicker.
        flash(_("This request isn’t open any more."), "warning")
        return redirect(url_for(".request", enrolment_id=enrolment_id), SEE_OTHER)


def _open_already(enrolment_id: str) -> ResponseReturnValue:
    flash(_("You have one open request at a time. This is yours: take it back if you want to begin again."), "info")
    return redirect(url_for(".request", enrolment_id=enrolment_id), SEE_OTHER)


def _enrol_page(form: EnrolForm, visitor: Visitor, refused: str = "") -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or refused else HTTPStatus.OK
    form.request.data = ""
    in_latin = latin(visitor.name)
    return render_template(
        "certificates/new.html",
        form=form,
        visitor=visitor,
        refused=refused,
        latin=in_latin if in_latin != visitor.name else "",
    ), status
