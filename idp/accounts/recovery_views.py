"""Pages for who can't get in: forgotten username, forgotten password, and "it wasn't me" for a recovery address."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from idp.accounts import mail_read
from idp.accounts.build import Accounts
from idp.accounts.forms import ActionForm, ConfirmCodeForm, EmailForm, ForgotPasswordForm, NewPasswordForm
from idp.accounts.identifiers import masked
from idp.accounts.notices import Where
from idp.accounts.pages import FORM, problem_text, reset_refused_text, see, show_form, where
from idp.accounts.passwords import Problem
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports
from idp.accounts.proofs import Confirmation, Unproven

_PROVEN = "reset"
"""The cookie's field: of which request this browser has proven the code, and the secret that it got for it."""


class RecoveryViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._accounts = accounts
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
        """Take the code that was mailed, then the new password: in the browser that had the code, and at the same address."""
        confirmation = self._recovery.find(request.args.get("c", ""))
        if confirmation is None:
            return see("forgot_password", **_next())
        if proven := self._proven(confirmation.id):
            return self._choose_password(proven, self._recovery.reset_by_proof, session[_PROVEN][1])
        form = ConfirmCodeForm()
        if "password" in request.form and session.get(_PROVEN):
            secret = session[_PROVEN][1]
            return self._reset_before(lambda password: self._recovery.reset_by_proof(secret, password, where(request)))
        if form.validate_on_submit():
            secret = self._recovery.prove_code(confirmation.id, form.code.data, where(request))
            if secret:
                session[_PROVEN] = (confirmation.id, secret)
                return see("reset_by_code", c=confirmation.id, **_next())
            form.code.errors = [reset_refused_text()]
        again_url = url_for("accounts.forgot_password", **_next())
        return show_form("accounts/reset_by_code.html", form, again_url=again_url)

    def reset_by_link(self, token: str) -> ResponseReturnValue:
        """Take the new password."""
        confirmation = self._recovery.find_by_link(token)
        if confirmation is None:
            return self._reset_before(lambda password: self._recovery.reset_by_link(token, password, where(request)))
        return self._choose_password(confirmation, self._recovery.reset_by_link, token)

    def _choose_password(
        self,
        confirmation: Confirmation,
        reset: Callable[[str, str, Where], Unproven | Problem | None],
        secret: str,
    ) -> ResponseReturnValue:
        form, min_length = NewPasswordForm(), self._recovery.min_length(confirmation)
        if form.validate_on_submit():
            outcome = reset(secret, form.password.data, where(request))
            match outcome:
                case None:
                    session.pop(_PROVEN, None)
                    mail_read.keep(self._accounts, confirmation.id, confirmation.account_id or "")
                    return self._done()
                case Unproven():
                    return _spent()
                case Problem():
                    max_length = self._rules.max_length
                    form.password.errors = [problem_text(outcome, min_length=min_length, max_length=max_length)]
        # For a browser's password manager, which otherwise saves a password without a name.
        username = self._recovery.username_of(confirmation)
        return show_form("accounts/choose_password.html", form, username=username, min_length=min_length)

    def _reset_before(self, reset: Callable[[str], Unproven | Problem | None]) -> ResponseReturnValue:
        """Answer for a proof that was used up: a form that was sent twice gets the same answer twice."""
        form = NewPasswordForm()
        done = form.validate_on_submit() and reset(form.password.data) is None
        return self._done() if done else _spent()

    def _proven(self, confirmation_id: str) -> Confirmation | None:
        """Return the reset whose code this browser has proven on the page of `confirmation_id`."""
        asked, secret = session.get(_PROVEN, ("", ""))
        return self._recovery.find_by_proof(secret) if secret and asked == confirmation_id else None

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
