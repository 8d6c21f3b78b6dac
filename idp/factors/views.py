"""The security page: what a person has enrolled, how well they could get back in, and which browsers they trust."""

from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from idp.accounts.build import Accounts
from idp.accounts.devices import describe
from idp.accounts.models import RECOVERY
from idp.accounts.pages import local_time, show_form
from idp.accounts.sessions import Session
from idp.accounts.strength import AAL2
from idp.factors.forms import ActionForm, NameForm
from idp.factors.pages import Pages
from idp.factors.registry import Registry
from idp.factors.reset import Reset
from idp.factors.score import score
from idp.factors.service import Factors
from idp.factors.standing import Standings
from idp.factors.trusted import TrustedBrowsers

FORM = ["GET", "POST"]


class Security:
    """The views, bound to their services."""

    def __init__(
        self,
        pages: Pages,
        accounts: Accounts,
        *,
        registry: Registry,
        factors: Factors,
        standings: Standings,
        trusted: TrustedBrowsers,
        reset: Reset,
    ) -> None:
        self._registry = registry
        self._factors = factors
        self._standings = standings
        self._trusted = trusted
        self._reset = reset
        self._accounts = accounts
        self._pages = pages

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("factors", __name__, template_folder="templates")
        pages = self._pages
        for rule, view, methods in (
            ("/account/security", pages.signed_in(self.security), FORM),
            ("/account/security/add", pages.signed_in(self.choose), ["GET"]),
            ("/account/security/prove", pages.signed_in(self.prove), ["GET"]),
            ("/account/security/methods/<factor_id>", pages.signed_in(self.factor), FORM),
            ("/account/security/methods/<factor_id>/remove", pages.careful(self.remove), FORM),
        ):
            routes.add_url_rule(rule, view_func=view, methods=methods)

        # A global, as mails are written with it too: they have no context processors.
        routes.add_app_template_global(self._registry.title, "method_title")
        places = self._accounts.common.notices.places

        @routes.app_context_processor
        def words() -> dict[str, object]:
            return {
                "device": describe,
                "local_time": local_time,
                "place": places.describe_here,
            }

        return routes

    def security(self, session: Session) -> ResponseReturnValue:
        """Show everything on one page, and do the small things that need no second thought."""
        form = ActionForm()
        if form.validate_on_submit():
            return self._act(session)
        account_id = session.account_id
        has = self._standings.of(account_id)
        factors = self._factors.listing(account_id)
        methods = list(self._registry)
        details = {key: text for method in methods for key, text in method.details(account_id).items()}
        addresses = self._accounts.addresses.of_account(account_id)
        recovery = next((row for row in addresses if row["role"] == RECOVERY), None)
        backup = next((method for method in methods if method.backup), None)
        strong = [factor for factor in factors if factor.method in has.methods]
        left = getattr(backup, "left", lambda _account: 0)(account_id)
        return show_form(
            "factors/security.html",
            form,
            person=self._pages.person(session),
            session=session,
            strong=strong,
            backups=[factor for factor in factors if factor.method in has.backups],
            unproven=[factor for factor in factors if factor.method in has.unproven],
            methods={method.name: method.describe() for method in methods},
            offered=[method for method in methods if not method.backup],
            backup=backup,
            preferred=has.methods,
            details=details,
            score=score(strong=len(strong), codes_left=left, recovery_email=recovery is not None),
            codes_left=left,
            recovery=recovery,
            trusted=self._trusted.listing(account_id, has.fingerprint),
            reset_due=self._reset.due_at(account_id),
            sessions=self._accounts.sessions.listing(account_id),
            history=self._accounts.sessions.history(account_id, limit=5),
        )

    def choose(self, session: Session) -> ResponseReturnValue:
        """Let the person choose what to set up; `next` is where they go on, `methods` which of them will do."""
        wanted = request.args.get("methods", "").split()
        next_path = self._pages.next_path()
        methods = [method for method in self._registry if not method.backup and (not wanted or method.name in wanted)]
        return render_template(
            "factors/choose.html",
            person=self._pages.person(session),
            methods=[(method.describe(), method.add_url(next_path)) for method in methods],
            form=ActionForm(),
            next_path=next_path,
            way_on=self._pages.way_on(),
        )

    def prove(self, session: Session) -> ResponseReturnValue:  # noqa: ARG002
        """Ask for two factors, so that what somebody else has registered is used for the first time, and counts from then on."""
        return self._pages.reauthenticate(url_for("factors.security"), AAL2)

    def factor(self, session: Session, factor_id: str) -> ResponseReturnValue:
        """Show one thing that was enrolled, and give it another name."""
        factor = self._factors.find(session.account_id, factor_id) or abort(HTTPStatus.NOT_FOUND)
        method = self._registry.find(factor.method) or abort(HTTPStatus.NOT_FOUND)
        form = NameForm(name=factor.name)
        if form.validate_on_submit():
            self._factors.rename(session.account_id, factor_id, form.name.data, self._pages.where(request))
            flash(_("The new name is saved."), "success")
            return _home()
        return show_form(
            "factors/factor.html",
            form,
            person=self._pages.person(session),
            session=session,
            factor=factor,
            method=method.describe(),
            detail=method.details(session.account_id).get(factor_id, ""),
        )

    def remove(self, session: Session, factor_id: str) -> ResponseReturnValue:
        """Ask, then remove."""
        factor = self._factors.find(session.account_id, factor_id)
        if factor is None:
            return _home()  # gone already, by a double click or in another tab
        form = ActionForm()
        if form.validate_on_submit():
            self._factors.remove(session.account_id, factor_id, self._pages.where(request))
            flash(_("%(name)s is removed. We have sent you a mail about it.", name=factor.name), "success")
            return redirect(url_for("factors.security", removed=factor.method, changed="y"), HTTPStatus.SEE_OTHER)
        last = [each.id for each in self._pages.strong(session.account_id)] == [factor_id]
        return show_form(
            "factors/remove.html", form, person=self._pages.person(session), session=session, factor=factor, last=last
        )

    def _act(self, session: Session) -> ResponseReturnValue:
        account_id, where = session.account_id, self._pages.where(request)
        with self._accounts.database.write() as tx:
            if "prefer" in request.form:
                name = request.form["prefer"]
                self._factors.prefer(tx, account_id, name if self._registry.find(name) else None)
                flash(_("You will be asked for this one first."), "success")
            elif "forget" in request.form:
                chosen = request.form["forget"]
                self._trusted.forget(tx, account_id, "" if chosen == "all" else chosen)
                flash(_("From now on you are asked for more than the password there."), "success")
            elif "cancel_reset" in request.form and self._reset.cancel(tx, account_id, where):
                flash(_("Your methods stay as they are."), "success")
        return _home()


def _home() -> ResponseReturnValue:
    return redirect(url_for("factors.security"), HTTPStatus.SEE_OTHER)
