"""Pages of sign-up, and the page that every confirmation link opens."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from idp.accounts import mail_read
from idp.accounts.build import Accounts
from idp.accounts.forms import ActionForm, ConfirmCodeForm, SignUpForm
from idp.accounts.pages import FORM, not_sent_text, problem_text, see, show_form, unproven_text, where
from idp.accounts.passwords import Problem
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports
from idp.accounts.proofs import Confirmation, Purpose, Unproven
from idp.accounts.registration import Created, Registration, SignUp, Taken

if TYPE_CHECKING:
    from idp.accounts.addresses import Addresses
    from idp.accounts.recovery_email import RecoveryEmail


class RegistrationViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._accounts = accounts
        self._sign_in_url = ports.sign_in_url
        self._links: dict[Purpose, tuple[Registration | Addresses | RecoveryEmail, str]] = {
            Purpose.SIGN_UP: (accounts.registration, "confirm_account"),
            Purpose.CHANGE_EMAIL: (accounts.addresses, "confirm_email"),
            Purpose.RECOVERY_EMAIL: (accounts.recovery_email, "confirm_recovery_email"),
        }
        """Whose links `/confirm/…` takes, and which page takes the code of the same confirmation."""

    def add_to(self, pages: Blueprint) -> None:
        """Put the pages on the blueprint."""
        pages.add_url_rule("/create-account", view_func=self.create_account, methods=FORM)
        pages.add_url_rule("/create-account/confirm", view_func=self.confirm_account, methods=FORM)
        pages.add_url_rule("/confirm/<token>", view_func=self.confirm, methods=FORM)

    def create_account(self) -> ResponseReturnValue:
        """Ask for what an account needs."""
        settings, min_length = self._accounts.settings, self._accounts.registration.min_password_length()
        form, next_path = SignUpForm(settings.languages), own_path(request.values.get("next", ""))
        if request.method != "POST":
            form.language.data = str(get_locale()).replace("_", "-")
        if form.validate_on_submit():
            begun = self._accounts.registration.begin(_sign_up(form, next_path), where(request))
            if isinstance(begun, Taken):
                form.username.errors = [_taken_text(begun)]
            elif isinstance(begun, Problem):
                form.password.errors = [
                    problem_text(begun, min_length=min_length, max_length=settings.passwords.max_length)
                ]
            else:
                return see("confirm_account", c=begun)
        sign_in_url = next_path or self._sign_in_url
        return show_form(
            "accounts/create_account.html",
            form,
            next_path=next_path,
            sign_in_url=sign_in_url,
            min_length=min_length,
        )

    def confirm_account(self) -> ResponseReturnValue:
        """Take the code that was mailed."""
        confirmation = self._accounts.confirmations.find(self._accounts.database.read(), request.args.get("c", ""))
        if confirmation is None or confirmation.purpose is not Purpose.SIGN_UP:
            return see("create_account")
        next_path = own_path(str(confirmation.data.get("next", "")))
        if confirmation.used:
            # By the link, in another browser perhaps: who comes back to this page can go on.
            return render_template("accounts/account_created.html", next_url=next_path or self._sign_in_url)
        form, message = ConfirmCodeForm(), ""
        if "resend" in request.form:
            if self._accounts.registration.resend(confirmation.id):
                return see("confirm_account", c=confirmation.id, sent=1)
            message = not_sent_text()
        elif form.validate_on_submit():
            outcome = self._accounts.registration.confirm_code(confirmation.id, form.code.data, where(request))
            if not isinstance(outcome, Unproven):
                return self._settled(outcome)
            if outcome is Unproven.SPENT and (page := self._settled_before(confirmation.id)):
                return page
            message = unproven_text(outcome)
        return show_form(
            "accounts/confirm_code.html",
            form,
            message=message,
            confirmation=confirmation,
            title=_("Confirm your e-mail"),
            again_url=url_for("accounts.create_account", next=next_path or None),
        )

    def confirm(self, token: str) -> ResponseReturnValue:
        """Show what a link is about; its button confirms, because mail scanners open links as well."""
        confirmation = self._accounts.confirmations.find_by_link(self._accounts.database.read(), token)
        if confirmation is None or confirmation.purpose not in self._links:
            return self._spent()
        if confirmation.used:
            again = self._settled_before(confirmation.id) if request.method == "POST" else None
            return again or self._spent()
        service, code_page = self._links[confirmation.purpose]
        form = ActionForm()
        if not confirmation.open:
            if form.validate_on_submit():
                service.resend(confirmation.id)
                return see(code_page, c=confirmation.id)
            return render_template("accounts/link_expired.html", form=form, confirmation=confirmation), HTTPStatus.GONE
        if form.validate_on_submit():
            outcome = service.confirm_link(token, where(request))
            settled = None if isinstance(outcome, Unproven) else self._settled(outcome)
            return settled or self._settled_before(confirmation.id) or self._spent()
        return show_form("accounts/confirm_link.html", form, confirmation=confirmation)

    def _settled_before(self, confirmation_id: str) -> ResponseReturnValue | None:
        """Answer a proof that was used up by the first of two clicks like that one; None when what it was about isn't so."""
        known = self._accounts.confirmations.find(self._accounts.database.read(), confirmation_id)
        if known is None or not known.used:
            return None
        if known.purpose is Purpose.SIGN_UP:
            # Whoever comes second has shown nothing: the account isn't named, so that no mark is left here.
            return self._settled(Created("", own_path(str(known.data.get("next", ""))), known.id))
        there = self._accounts.addresses.of_account(known.account_id or "")
        return self._settled(known) if known.address in {row["address"] for row in there} else None

    def _spent(self) -> ResponseReturnValue:
        return render_template("accounts/link_spent.html", sign_in_url=self._sign_in_url), HTTPStatus.GONE

    def _settled(self, outcome: Created | Taken | Confirmation) -> ResponseReturnValue:
        """Answer a proof that was good."""
        match outcome:
            case Created():
                next_url = outcome.next_path or self._sign_in_url
                if outcome.account_id:
                    mail_read.keep(self._accounts, outcome.confirmation_id, outcome.account_id)
                return render_template("accounts/account_created.html", next_url=next_url)
            case Taken():
                page = render_template("accounts/taken.html", taken=outcome, sign_in_url=self._sign_in_url)
                return page, HTTPStatus.CONFLICT
            case Confirmation():
                return render_template("accounts/address_confirmed.html", confirmation=outcome)


def _taken_text(taken: Taken) -> str:
    if taken is Taken.RESERVED:
        return str(_("This username is kept for the people who run this service. Choose another one."))
    return str(_("Somebody has this username already, or one that looks the same. Choose another one."))


def _sign_up(form: SignUpForm, next_path: str) -> SignUp:
    return SignUp(
        name=form.name.data,
        username=form.username.data,
        email=form.email.data,
        password=form.password.data,
        locale=form.language.data,
        country=form.country.data,
        next_path=next_path,
    )
