"""Pages for who can't get in: forgotten username, forgotten password, and "it wasn't me" for a recovery address."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from idp.accounts.build import Accounts
from idp.accounts.confirmations import Unproven
from idp.accounts.forms import ActionForm, EmailForm, ForgotPasswordForm, NewPasswordForm, ResetByCodeForm
from idp.accounts.identifiers import masked
from idp.accounts.pages import FORM, problem_text, see, show_form, unproven_text, where
from idp.accounts.passwords import Problem
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports


class RecoveryViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._recovery = accounts.recovery
        self._recovery_email = accounts.recovery_email
        self._rules = accounts.settings.passwords
        self._sign_in_url = ports.sign_in_url

    def add_to(self, pages: Blueprint) -> None:
        """Put the pages on the blueprint."""
        pages.add_url_rule("/forgot-username", view_func=self.forgot_username, methods=FORM)
        pages.add_url_rule("/forgot-password", view_func=self.forgot_password, methods=FORM)
        pages.add_url_rule("/reset-password", view_func=self.reset_by_code, methods=FORM)
        pages.add_url_rule("/reset-password/<token>", view_func=self.reset_by_link, methods=FORM)
        pages.add_url_rule("/cancel-recovery-email/<token>", view_func=self.cancel_recovery_email, methods=FORM)

    def forgot_username(self) -> ResponseReturnValue:
        """Ask for an address, and answer the same whoever has it."""
        form = EmailForm()
        if form.validate_on_submit():
            self._recovery.forgot_username(form.email.data, where(request))
            return render_template("accounts/username_sent.html", sign_in_url=self._back())
        return show_form("accounts/forgot_username.html", form, sign_in_url=self._back())

    def forgot_password(self) -> ResponseReturnValue:
        """Ask whose password it is, and go on to the code whether there is such an account or not."""
        form = ForgotPasswordForm()
        if form.validate_on_submit():
            begun = self._recovery.forgot_password(form.username.data, where(request))
            return see("reset_by_code", c=begun, **_next())
        return show_form("accounts/forgot_password.html", form, sign_in_url=self._back())

    def reset_by_code(self) -> ResponseReturnValue:
        """Take the code that was mailed and the new password."""
        confirmation = self._recovery.find(request.args.get("c", ""))
        if confirmation is None:
            return see("forgot_password", **_next())
        form = ResetByCodeForm()
        if form.validate_on_submit():
            outcome = self._recovery.reset_by_code(confirmation.id, form.code.data, form.password.data, where(request))
            match outcome:
                case None:
                    return self._done()
                case Unproven():
                    form.code.errors = [unproven_text(outcome)]
                case Problem():
                    form.password.errors = [problem_text(outcome, self._rules)]
        # For a browser's password manager, which otherwise saves a password without a name. As typed: nothing is told about who exists.
        username = confirmation.data.get("identifier", "")
        again_url = url_for("accounts.forgot_password", **_next())
        return show_form("accounts/reset_by_code.html", form, username=username, again_url=again_url)

    def reset_by_link(self, token: str) -> ResponseReturnValue:
        """Take the new password."""
        form, confirmation = NewPasswordForm(), self._recovery.find_by_link(token)
        if confirmation is None or not confirmation.open:
            return _spent()
        if form.validate_on_submit():
            outcome = self._recovery.reset_by_link(token, form.password.data, where(request))
            match outcome:
                case None:
                    return self._done()
                case Unproven():
                    return _spent()
                case Problem():
                    form.password.errors = [problem_text(outcome, self._rules)]
        username = self._recovery.username_of(confirmation)
        return show_form("accounts/reset_by_link.html", form, username=username)

    def cancel_recovery_email(self, token: str) -> ResponseReturnValue:
        """Remove a recovery address that its owner never added; works without signing in."""
        form = ActionForm()
        if form.validate_on_submit():
            self._recovery_email.cancel(token, where(request))
            return render_template("accounts/recovery_email_cancelled.html")
        row = self._recovery_email.find_cancellable(token)
        if row is None:
            return render_template("accounts/link_spent.html", sign_in_url=self._sign_in_url), HTTPStatus.GONE
        return show_form("accounts/cancel_recovery_email.html", form, address=masked(row["address"]))

    def _done(self) -> ResponseReturnValue:
        return render_template("accounts/password_reset.html", sign_in_url=self._back())

    def _back(self) -> str:
        """Return the sign-in page that the person came from, so that they reach the service that they wanted to use."""
        return str(_next().get("next", self._sign_in_url))


def _next() -> dict[str, Any]:
    path = own_path(request.args.get("next", ""))
    return {"next": path} if path else {}


def _spent() -> ResponseReturnValue:
    return render_template("accounts/reset_spent.html"), HTTPStatus.GONE
