"""The pages of a person's certificates: installed and backed up, renewed, revoked; and the test of a back-up, which needs no server."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.certificates import words
from clients.certificates.devices import GUIDES, device_of
from clients.certificates.enrolments import Enrolments, OpenAlreadyError
from clients.certificates.forms import RenewForm, RevokeForm
from clients.certificates.looking_after import LookingAfter, NotRenewableError
from clients.certificates.models import Certificate
from clients.certificates.visitors import person, strongly, who
from clients.sso.guard import Visitor, current_visitor
from config.settings import RelyingPartySettings
from keys.ca import RefusedRequestError

SEE_OTHER = HTTPStatus.SEE_OTHER
BOTH = ["GET", "POST"]
_RENEW_SECONDS = 600


def blueprint(
    looking_after: LookingAfter, enrolments: Enrolments, chain: list[bytes], settings: RelyingPartySettings
) -> Blueprint:
    """Return the routes; `chain` are the authority's own certificates, DER, the issuing one first."""
    routes = Blueprint("own_certificates", __name__, url_prefix="/certificates")
    pages = _Pages(looking_after, enrolments, chain, f"{settings.issuer}/sign-in")
    for path, name, methods in (
        ("/test", "test", ["GET"]),
        ("/guide", "guide", ["GET"]),
        ("/<serial>", "one", ["GET"]),
        ("/<serial>/install", "install", ["GET"]),
        ("/<serial>/revoke", "revoke", BOTH),
    ):
        routes.add_url_rule(path, name, person(getattr(pages, name)), methods=methods)
    routes.add_url_rule("/<serial>/renew", "renew", strongly(_RENEW_SECONDS)(pages.renew), methods=BOTH)
    return routes


class _Pages:
    def __init__(self, looking_after: LookingAfter, enrolments: Enrolments, chain: list[bytes], sign_in: str) -> None:
        self._looking_after = looking_after
        self._enrolments = enrolments
        self._chain = chain
        self._sign_in = sign_in

    def test(self) -> ResponseReturnValue:
        """Open a back-up in the browser."""
        return render_template("certificates/test.html", mine=self._looking_after.of_person(who().sub))

    def guide(self) -> ResponseReturnValue:
        """Say how a file is installed, here or on another device."""
        return render_template("certificates/guide.html", sign_in=self._sign_in, guides=_guides())

    def one(self, serial: str) -> ResponseReturnValue:
        """Show a certificate."""
        certificate = self._looking_after.own(who().sub, serial)
        successor = self._looking_after.successor(certificate)
        return render_template("certificates/one.html", certificate=certificate, successor=successor)

    def install(self, serial: str) -> ResponseReturnValue:
        """Make a back-up, test it, install it."""
        certificate = self._looking_after.own(who().sub, serial)
        if certificate.revoked_at:
            return redirect(url_for(".one", serial=serial), SEE_OTHER)
        return render_template(
            "certificates/install.html",
            certificate=certificate,
            chain=[certificate.der, *self._chain],
            mine=[certificate],
            sign_in=self._sign_in,
            guides=_guides(),
        )

    def renew(self, serial: str) -> ResponseReturnValue:
        """Make the next certificate, for a key that this browser makes; under a new name, ask for it."""
        certificate = self._looking_after.own(who().sub, serial)
        visitor = current_visitor() or abort(HTTPStatus.FORBIDDEN)
        form, refused = RenewForm(), ""
        why = self._looking_after.why_not(certificate)
        changed = not why and self._looking_after.has_changed(certificate, visitor.name)
        if not why and form.validate_on_submit():
            sent = (form.request.data or "").encode()
            try:
                if changed:
                    return self._ask(certificate, visitor, sent)
                made = self._looking_after.renew(who(), certificate, visitor.name, sent)
            except OpenAlreadyError:
                flash(_("You have asked for a certificate already. See below how things stand."), "info")
                return redirect(url_for("certificates.overview"), SEE_OTHER)
            except RefusedRequestError as error:
                refused = words.of_request(error)
            except NotRenewableError as error:
                why = error.why
            else:
                flash(
                    _("Your certificate is renewed. Now save it and install it, as you did with the old one."),
                    "success",
                )
                return redirect(url_for(".install", serial=made.serial), SEE_OTHER)
        successor = self._looking_after.successor(certificate)
        if why == "renewed" and successor is not None:
            flash(words.of_renewal(NotRenewableError(why)), "info")
            return redirect(url_for(".install", serial=successor.serial), SEE_OTHER)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or refused else HTTPStatus.OK
        why_not = words.of_renewal(NotRenewableError(why)) if why else ""
        form.request.data = ""
        return render_template(
            "certificates/renew.html",
            certificate=certificate,
            form=form,
            refused=refused,
            why_not=why_not,
            name=visitor.name,
            before=certificate.name if changed else "",
        ), status

    def _ask(self, certificate: Certificate, visitor: Visitor, sent: bytes) -> ResponseReturnValue:
        """Ask for a certificate under another name, for what the first one was asked for; the code is shown once, in the answer."""
        decided, device = self._looking_after.decision(certificate), str(device_of(request.user_agent.string))
        purpose = decided.purpose if decided else ""
        made, code = self._enrolments.ask(who(), visitor, sent, purpose, device, replaces=certificate.serial)
        return render_template("certificates/code_once.html", enrolment=made, code=code, is_first=True)

    def revoke(self, serial: str) -> ResponseReturnValue:
        """Say what will be lost, ask why, and revoke."""
        certificate = self._looking_after.own(who().sub, serial)
        form = RevokeForm()
        if not certificate.revoked_at and not form.validate_on_submit():
            status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
            return render_template("certificates/revoke.html", certificate=certificate, form=form), status
        if not certificate.revoked_at and self._looking_after.revoke(who(), certificate, form.reason.data):
            flash(_("The certificate is revoked. It is of no use any more, on any device."), "success")
        else:
            flash(_("The certificate was revoked already."), "info")
        return redirect(url_for(".one", serial=serial), SEE_OTHER)


def _guides() -> list[str]:
    mine = device_of(request.user_agent.string).guide
    return [mine, *(one for one in GUIDES if one != mine)]
