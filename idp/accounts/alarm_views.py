"""The pages of "It wasn't me": reached by a link in a notice, without signing in."""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from idp.accounts.build import Accounts
from idp.accounts.forms import ActionForm
from idp.accounts.models import PRIMARY
from idp.accounts.pages import FORM, show_form, where


class AlarmViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts) -> None:
        self._lockdown = accounts.lockdown
        self._profile = accounts.profile
        self._addresses = accounts.addresses

    def add_to(self, pages: Blueprint) -> None:
        """Put the pages on the blueprint."""
        pages.add_url_rule("/wasnt-me/<secret>", view_func=self.wasnt_me, methods=FORM)

    def wasnt_me(self, secret: str) -> ResponseReturnValue:
        """Explain what locking means, then do it. A scanner that opens the link locks nothing."""
        alarm = self._lockdown.find(secret)
        if alarm is None or not alarm.open:
            return render_template("accounts/alarm_spent.html"), HTTPStatus.GONE
        form = ActionForm()
        if form.validate_on_submit() and self._lockdown.lock_by_link(secret, where(request)):
            addresses = self._addresses.of_account(alarm.account_id)
            reached = next((row["address"] for row in addresses if row["role"] == PRIMARY), "")
            return render_template("accounts/locked.html", address=reached)
        account = self._profile.read(alarm.account_id)
        return show_form("accounts/wasnt_me.html", form, alarm=alarm, account=account)
