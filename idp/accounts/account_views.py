"""Pages of a signed-in person: overview, profile, password, security, services."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.build import Accounts
from idp.accounts.forms import ActionForm, ChangePasswordForm, ProfileForm
from idp.accounts.guard import Guard
from idp.accounts.pages import FORM, person, problem_text, see, show_form, where
from idp.accounts.passwords import Problem
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports, Service
from idp.accounts.sessions import Session
from idp.accounts.sign_in import Refused


class AccountViews:
    """The views, bound to their services."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._accounts = accounts
        self._ports = ports

    def add_to(self, pages: Blueprint, guard: Guard) -> None:
        """Put the pages on the blueprint."""
        self._guard = guard
        signed_in = guard.signed_in
        pages.add_url_rule("/account", view_func=signed_in(self.overview))
        pages.add_url_rule("/account/profile", view_func=signed_in(self.edit_profile), methods=FORM)
        pages.add_url_rule("/account/password", view_func=guard.second_step(self.change_password), methods=FORM)
        pages.add_url_rule("/account/sessions", view_func=signed_in(self.security), methods=FORM)
        pages.add_url_rule("/account/services", view_func=signed_in(self.services), methods=FORM)

    def overview(self, session: Session) -> ResponseReturnValue:
        """Show what matters on one page."""
        accounts = self._accounts
        return render_template(
            "accounts/overview.html",
            person=person(session, self._ports),
            session=session,
            account=accounts.profile.read(session.account_id),
            addresses=accounts.addresses.of_account(session.account_id),
            session_count=len(accounts.sessions.listing(session.account_id)),
            service_count=len(self._ports.services.listing(session.account_id)),
            now=accounts.clock(),
            advise=accounts.password_advice.give(session.account_id),
            min_length=accounts.profile.min_password_length(session.account_id),
        )

    def edit_profile(self, session: Session) -> ResponseReturnValue:
        """Show and save what people say about themselves."""
        account = self._accounts.profile.read(session.account_id)
        form = ProfileForm(self._accounts.settings.languages, **{**dict(account or {}), "language": session.locale})
        if form.validate_on_submit():
            changes = {**form.data, "locale": form.language.data}
            changed = self._accounts.profile.update(session.account_id, changes, where(request))
            if changed:
                flash(_("Your profile is saved."), "success")
            # In a link, because a language that was chosen in this browser before would win over the account's.
            return see("edit_profile", **({"lang": form.language.data} if "locale" in changed else {}))
        return show_form("accounts/profile.html", form, person=person(session, self._ports), session=session)

    def change_password(self, session: Session) -> ResponseReturnValue:
        """Take the present password and a new one."""
        accounts, form, next_path = self._accounts, ChangePasswordForm(), own_path(request.args.get("next", ""))
        min_length = accounts.profile.min_password_length(session.account_id)
        self._ports.lead_on(next_path)
        if form.validate_on_submit():
            outcome = accounts.profile.change_password(
                session, form.current_password.data, form.password.data, where(request)
            )
            match outcome:
                case Problem():
                    max_length = accounts.settings.passwords.max_length
                    form.password.errors = [problem_text(outcome, min_length=min_length, max_length=max_length)]
                case Refused():
                    form.current_password.errors = [_refused_text(outcome)]
                case cookie_value:
                    if cookie_value:
                        with accounts.database.write() as tx:
                            # The former password's device cookies have ended with it.
                            accounts.device_cookies.remember(tx, request, session.account_id)
                        accounts.browser.enter(request, session, cookie_value)
                    flash(_("Your password is changed. We have sent you a mail about it."), "success")
                    return redirect(next_path, HTTPStatus.SEE_OTHER) if next_path else see("security")
        return show_form(
            "accounts/password.html",
            form,
            person=person(session, self._ports),
            session=session,
            min_length=min_length,
        )

    def security(self, session: Session) -> ResponseReturnValue:
        """Show where the person is signed in, and end what they choose: other sessions than their own after a recent proof."""
        form = ActionForm()
        if form.validate_on_submit():
            chosen = request.form.get("sid", "")
            asked = chosen != session.sid and self._guard.ask_again(session, url_for(".security", end=chosen))
            return asked or self._end(session, chosen)
        sessions = self._accounts.sessions.listing(session.account_id)
        chosen = request.args.get("end", "")
        return show_form(
            "accounts/security.html",
            form,
            person=person(session, self._ports),
            session=session,
            # What was chosen before the proof: its button comes first.
            chosen=chosen if chosen in {"all", "others", *(one.sid for one in sessions)} else "",
            sessions=sessions,
            history=self._accounts.sessions.history(session.account_id),
        )

    def services(self, session: Session) -> ResponseReturnValue:
        """Show which services have access, and take it away."""
        form, listing = ActionForm(), self._ports.services.listing(session.account_id)
        if form.validate_on_submit():
            for service in listing:
                if service.client_id == request.form.get("client_id"):
                    self._change_access(session.account_id, service)
            return see("services")
        return show_form(
            "accounts/services.html", form, person=person(session, self._ports), session=session, services=listing
        )

    def _change_access(self, account_id: str, service: Service) -> None:
        chosen = request.form.get("decision")
        with self._accounts.database.write() as tx:
            if chosen == "keep":
                narrowed = self._ports.services.narrow(
                    tx, account_id, service.client_id, frozenset(request.form.getlist("scope"))
                )
            else:
                self._ports.services.revoke(tx, account_id, service.client_id)
        if chosen != "keep":
            flash(_("%(name)s no longer has access.", name=service.name), "success")
        elif narrowed:
            flash(_("%(name)s may only do what you left.", name=service.name), "success")

    def _end(self, session: Session, chosen: str) -> ResponseReturnValue:
        """End one session, `others` or `all`."""
        ended = self._accounts.sessions.end_chosen(session, chosen)
        response = see("security")
        if session.sid in ended:
            self._accounts.browser.drop(request, response, session.sid)
        if ended:
            flash(_("You are signed out everywhere.") if chosen == "all" else _("Signed out."), "success")
        return response


def _refused_text(refused: Refused) -> str:
    if refused.reason == "wait":
        return str(_("Too many attempts. Try again in %(num)d seconds.", num=refused.wait_seconds))
    if refused.reason == "expired":
        return str(_("This first password is too old. Sign out, and choose “Forgot your password?”."))
    return str(_("This isn’t your current password."))
