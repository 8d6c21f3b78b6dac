"""Pages of a signed-in person for changing the e-mail address and the recovery address; they ask for a recent sign-in."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.addresses import Addresses
from idp.accounts.build import Accounts
from idp.accounts.forms import ActionForm, ConfirmCodeForm, EmailForm
from idp.accounts.guard import Guard
from idp.accounts.models import PRIMARY, RECOVERY
from idp.accounts.pages import FORM, SEE_OTHER, not_sent_text, person, see, show_form, unproven_text, where
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports
from idp.accounts.proofs import Confirmation, Purpose, Unproven
from idp.accounts.recovery_email import RecoveryEmail
from idp.accounts.sessions import Session


class AddressViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._accounts = accounts
        self._ports = ports

    def add_to(self, pages: Blueprint, guard: Guard) -> None:
        """Put the pages on the blueprint."""
        self._guard = guard
        signed_in, recent = guard.signed_in, guard.careful
        own, recovery = "/account/email", "/account/recovery-email"
        pages.add_url_rule(own, view_func=recent(self.email), methods=FORM)
        # A code takes a while to arrive; that it is known proves enough.
        pages.add_url_rule(f"{own}/confirm", view_func=signed_in(self.confirm_email), methods=FORM)
        pages.add_url_rule(recovery, view_func=recent(self.edit_recovery_email), methods=FORM)
        pages.add_url_rule(f"{recovery}/confirm", view_func=signed_in(self.confirm_recovery_email), methods=FORM)
        pages.add_url_rule(f"{recovery}/remove", view_func=recent(self.remove_recovery_email), methods=FORM)

    def email(self, session: Session) -> ResponseReturnValue:
        """Show the addresses, and take another one for the account."""
        form = EmailForm()
        if form.validate_on_submit():
            begun = self._accounts.addresses.request(
                session.account_id, form.email.data, where(request), by_more=self._guard.has_proven_more(session)
            )
            return see("confirm_email", c=begun, **_next())
        return self._page("accounts/email.html", session, form)

    def confirm_email(self, session: Session) -> ResponseReturnValue:
        """Take the code that was mailed to the new address."""
        return self._confirm(
            session,
            Purpose.CHANGE_EMAIL,
            self._accounts.addresses,
            page="email",
            title=_("Confirm your new address"),
            done=_("Your e-mail address is changed."),
        )

    def edit_recovery_email(self, session: Session) -> ResponseReturnValue:
        """Show the recovery address, and take another one."""
        form = EmailForm()
        if form.validate_on_submit():
            begun = self._accounts.recovery_email.request(session.account_id, form.email.data, where(request))
            if begun:
                return see("confirm_recovery_email", c=begun)
            form.email.errors = [_("This is your account’s own address. Use another one, best with another provider.")]
        return self._page("accounts/recovery_email.html", session, form)

    def confirm_recovery_email(self, session: Session) -> ResponseReturnValue:
        """Take the code that was mailed to the recovery address."""
        return self._confirm(
            session,
            Purpose.RECOVERY_EMAIL,
            self._accounts.recovery_email,
            page="edit_recovery_email",
            title=_("Confirm your recovery address"),
            done=_("Your recovery address is confirmed."),
        )

    def remove_recovery_email(self, session: Session) -> ResponseReturnValue:
        """Say what is lost, and remove it."""
        form = ActionForm()
        if form.validate_on_submit():
            self._accounts.recovery_email.remove(session.account_id, where(request))
            flash(_("Your recovery address is removed."), "success")
            return see("edit_recovery_email")
        return self._page("accounts/remove_recovery_email.html", session, form)

    def _confirm(
        self,
        session: Session,
        purpose: Purpose,
        service: Addresses | RecoveryEmail,
        *,
        page: str,
        title: str,
        done: str,
    ) -> ResponseReturnValue:
        confirmation = self._accounts.confirmations.find(self._accounts.database.read(), request.args.get("c", ""))
        if confirmation is None or confirmation.account_id != session.account_id or confirmation.purpose is not purpose:
            return see(page)
        if confirmation.used and request.method != "POST":
            return see(page)  # by the link, in another browser perhaps
        form, message = ConfirmCodeForm(), ""
        if "resend" in request.form:
            if service.resend(confirmation.id):
                return see(str(request.endpoint).rpartition(".")[2], c=confirmation.id, sent=1, **_next())
            message = not_sent_text()
        elif form.validate_on_submit():
            outcome = service.confirm_code(confirmation.id, form.code.data, where(request))
            # Otherwise a double click, or the link was quicker.
            spent = outcome is Unproven.SPENT and self._is_confirmed(session, confirmation)
            if isinstance(outcome, Confirmation) or spent:
                flash(done, "success")
                return redirect(_next().get("next") or url_for(f"accounts.{page}"), SEE_OTHER)
            # The other reason is that the address has an account of its own: the code's owner reads that mailbox.
            taken = _("This address belongs to another account.")
            message = unproven_text(outcome) if isinstance(outcome, Unproven) else taken
        return show_form(
            "accounts/confirm_code.html",
            form,
            person=person(session, self._ports),
            session=session,
            message=message,
            confirmation=confirmation,
            title=title,
            again_url=url_for(f"accounts.{page}"),
        )

    def _is_confirmed(self, session: Session, confirmation: Confirmation) -> bool:
        role = PRIMARY if confirmation.purpose is Purpose.CHANGE_EMAIL else RECOVERY
        there = self._accounts.addresses.of_account(session.account_id)
        return (role, confirmation.address) in {(row["role"], row["address"]) for row in there}

    def _page(self, template: str, session: Session, form: EmailForm | ActionForm) -> ResponseReturnValue:
        by_role = {row["role"]: row for row in self._accounts.addresses.of_account(session.account_id)}
        return show_form(
            template,
            form,
            person=person(session, self._ports),
            session=session,
            primary=by_role.get(PRIMARY),
            recovery=by_role.get(RECOVERY),
            now=self._accounts.clock(),
        )


def _next() -> dict[str, str]:
    """Return where the person goes on, as a query."""
    path = own_path(request.args.get("next", ""))
    return {"next": path} if path else {}
