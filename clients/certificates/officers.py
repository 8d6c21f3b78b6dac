"""The officers' pages: what waits, deciding on it, what was decided, and revoking any certificate."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.certificates import trail
from clients.certificates.enrolments import DecidedError, Enrolments, OwnRequestError
from clients.certificates.forms import DecideForm, OfficerRevokeForm
from clients.certificates.looking_after import LookingAfter
from clients.certificates.visitors import officer, who
from keys.ca.names import latin

SEE_OTHER = HTTPStatus.SEE_OTHER
BOTH = ["GET", "POST"]


def blueprint(enrolments: Enrolments, looking_after: LookingAfter) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("officers", __name__, url_prefix="/officer")
    pages = _Pages(enrolments, looking_after)
    for path, name, methods in (
        ("", "queue", ["GET"]),
        ("/decided", "decided", ["GET"]),
        ("/requests/<enrolment_id>", "request", BOTH),
        ("/certificates", "certificates", ["GET"]),
        ("/certificates/<serial>", "certificate", BOTH),
    ):
        routes.add_url_rule(path, name, officer(getattr(pages, name)), methods=methods)
    return routes


class _Pages:
    def __init__(self, enrolments: Enrolments, looking_after: LookingAfter) -> None:
        self._enrolments = enrolments
        self._looking_after = looking_after

    def queue(self) -> ResponseReturnValue:
        """List what waits, the oldest first."""
        return render_template("officer/queue.html", requests=self._enrolments.waiting(), me=who().sub)

    def decided(self) -> ResponseReturnValue:
        """List what was decided, the newest first."""
        return render_template("officer/decided.html", requests=self._enrolments.decided())

    def request(self, enrolment_id: str) -> ResponseReturnValue:
        """Show a request with everything that helps to decide, and decide."""
        enrolment = self._enrolments.any(enrolment_id)
        form = DecideForm()
        if form.validate_on_submit():
            approve = form.decision.data == "approve"
            try:
                self._enrolments.decide(who(), enrolment_id, approve=approve, answer=form.answer.data or "")
            except OwnRequestError:
                flash(_("This is your own request: another officer has to decide on it."), "danger")
            except DecidedError:
                now = self._enrolments.any(enrolment_id)
                if now.decided_by == who().sub and (now.state != "rejected") == approve:
                    # A double click.
                    flash(_("Your decision is stored already."), "info")
                else:
                    # A colleague was quicker, or the person took it back.
                    flash(
                        _("Nothing was changed: this request isn’t waiting any more. See below what became of it."),
                        "warning",
                    )
            else:
                said = (
                    _("Approved: %(name)s gets a message.")
                    if approve
                    else _("Rejected: %(name)s gets a message with your reason.")
                )
                flash(said % {"name": enrolment.name}, "success")
                return redirect(url_for(".queue"), SEE_OTHER)
            return redirect(url_for(".request", enrolment_id=enrolment_id), SEE_OTHER)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        content = render_template(
            "officer/request.html",
            enrolment=enrolment,
            form=form,
            latin=latin(enrolment.name),
            replaced=self._looking_after.any(enrolment.replaces) if enrolment.replaces else None,
            is_own=enrolment.sub == who().sub,
            certificate=self._enrolments.certificate_of(enrolment_id),
            certificates=self._looking_after.of_person(enrolment.sub),
            events=trail.of_person(enrolment.sub),
        )
        return content, status

    def certificates(self) -> ResponseReturnValue:
        """Find certificates by name or serial number."""
        text = request.args.get("q", "").replace("\0", "").strip()[:100]
        return render_template("officer/certificates.html", found=self._looking_after.find(text), text=text)

    def certificate(self, serial: str) -> ResponseReturnValue:
        """Show a certificate and what happened to it, and revoke it."""
        certificate = self._looking_after.any(serial)
        form = OfficerRevokeForm()
        if form.validate_on_submit():
            if self._looking_after.revoke(who(), certificate, form.reason.data, form.note.data):
                flash(_("Revoked. Its owner gets a message with your explanation."), "success")
            else:
                flash(_("Nothing was changed: it was revoked already."), "warning")
            return redirect(url_for(".certificate", serial=serial), SEE_OTHER)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        events = trail.of_person(certificate.sub)
        return render_template("officer/certificate.html", certificate=certificate, form=form, events=events), status
