"""The pages of the sign-in flow: sign in, choose an account, allow a service. Each handles its step and returns to the dispatcher."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from config.tuning import DAY
from idp.accounts import strength
from idp.accounts.build import Accounts
from idp.accounts.paths import own_path
from idp.accounts.sign_in import Refused as PasswordRefused
from idp.accounts.sign_in import Verified
from idp.factors.build import Strong
from idp.factors.standing import Enrolled
from idp.login import more_views
from idp.login.certificate_views import CertificatePages
from idp.login.dispatcher import Dispatcher
from idp.login.flow import AskConsent, Prove, Step
from idp.login.forms import ProveAgainForm, SignInForm, StepForm
from idp.login.interactions import HOME, SEE_OTHER
from idp.login.knowledge import where
from idp.login.lost_views import LostPages
from idp.login.mail_code_views import MailCodePages
from idp.login.more_views import MorePages
from idp.login.passkey_views import PasskeyPages
from idp.login.password_step import PasswordStep
from idp.login.scope_texts import describe, site
from idp.login.work_step import WorkStep
from idp.oauth.ports import Refused
from idp.oauth.store import consents
from idp.web import Web, browser_secret, client_address
from idp.web.errors import expired_form
from idp.web.proof_of_work import Solved, Work


class Pages:
    """The views."""

    def __init__(  # noqa: PLR0917 - what the composition root has
        self,
        dispatcher: Dispatcher,
        password_step: PasswordStep,
        work_step: WorkStep,
        accounts: Accounts,
        strong: Strong,
        web: Web,
    ) -> None:
        self._dispatcher = dispatcher
        self._password_step = password_step
        self._work_step = work_step
        self._browser = accounts.browser
        self._database = accounts.database
        self._advice = accounts.password_advice
        self._lifetimes = accounts.settings.lifetimes
        self._strong = strong
        self._web = web

    def start(self) -> Response:
        """Begin a sign-in for a page of ours."""
        return self._dispatcher.sign_in(own_path(request.args.get("next", "")) or HOME)

    def add_account(self) -> Response:
        """Begin a sign-in to another account."""
        return self._dispatcher.add_account(own_path(request.args.get("next", "")) or HOME)

    def sign_in(self, interaction_id: str) -> Response:
        """Ask for the password, of anybody or of the person who has to prove it again."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        person = None if "other" in request.args else self._person_to_prove(step)
        typed = self._work_step.typed(request, interaction)
        given = {} if typed is None else {"formdata": typed}
        form = ProveAgainForm(**given) if person else SignInForm(username=interaction.asked.login_hint, **given)
        problem, status, retry_after = "", HTTPStatus.OK, 0
        if form.validate_on_submit():
            username = person.username if person else str(form.username.data)
            remember = not person and bool(form.remember.data)
            work = self._work_step.check(request, interaction)
            solved = work if isinstance(work, Solved) else None
            result = self._verify_password(username, str(form.password.data), person, step, solved)
            if isinstance(result, Verified):
                return self._dispatcher.prove(
                    interaction,
                    result.account_id,
                    strength.password(self._dispatcher.now()),
                    remember=remember,
                    offer=more_views.may_offer() or self._advice.is_due(result.account_id),
                )
            if result.reason == "mail":
                self._password_step.request_code(
                    interaction.id, username, str(form.password.data), where(), remember=remember
                )
                return redirect(url_for("login.mail_code", interaction_id=interaction.id), SEE_OTHER)
            if result.reason == "work":
                unsolved = work if isinstance(work, Work) else None
                return self._work_step.page(request, interaction, form, result, unsolved)
            problem, status = _explain(result)
            retry_after = result.wait_seconds
        elif form.is_submitted():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        elif interaction.denied and person:
            problem = _("You said no on your device. If that was a mistake, type your password and try again.")
        page = render_template(
            "login/sign_in.html",
            form=form,
            interaction=interaction,
            again=person,
            problem=problem,
            home=HOME,
            work=self._work_step.ask(request, interaction, refused=form.is_submitted()),
        )
        response = make_response(page, status)
        if retry_after:
            response.headers["Retry-After"] = str(retry_after)
        return response

    def proceed(self, interaction_id: str) -> Response:
        """Go on: from a sign-in that was over already, or from setting up what it needed."""
        interaction = self._dispatcher.load(interaction_id)
        if interaction.offer:
            return self._dispatcher.offered(interaction)
        return self._dispatcher.advance(interaction)

    def cancel(self, interaction_id: str) -> Response:
        """Go back to the service without signing in."""
        refused = Refused("access_denied", "The person cancelled the sign-in.")
        return self._dispatcher.answer(self._dispatcher.load(interaction_id), refused)

    def choose_account(self, interaction_id: str) -> Response | str:
        """Ask which of this browser's accounts it is to be."""
        interaction = self._dispatcher.load(interaction_id)
        people = self._browser.people(request)
        form = StepForm()
        if form.validate_on_submit():
            sid = request.form.get("account", "")
            if not any(one.session.sid == sid for one in people):
                return redirect(url_for("login.sign_in", interaction_id=interaction.id), SEE_OTHER)
            response = self._dispatcher.choose(interaction, sid)
            self._browser.activate(request, response, sid)
            return response
        return render_template("login/choose_account.html", form=form, interaction=interaction, people=people)

    def consent(self, interaction_id: str) -> Response | str:
        """Ask whether the service may have what it asks for."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        if not isinstance(step, AskConsent):
            return self._dispatcher.advance(interaction)
        form = StepForm()
        if form.validate_on_submit():
            if request.form.get("decision") != "allow":
                refused = Refused("access_denied", "The person did not allow it.")
                return self._dispatcher.answer(interaction, refused)
            with self._database.write() as tx:
                scope, now = frozenset(step.scope), self._dispatcher.now()
                consents.remember(tx, step.account_id, interaction.asked.client_id, scope, now=now)
                return self._dispatcher.allow(interaction)
        person = self._strong.standings.of(step.account_id)
        asked = interaction.asked
        return render_template(
            "login/consent.html",
            form=form,
            interaction=interaction,
            person=person,
            scope=describe(step.scope),
            site="" if asked.impersonable else site(asked.redirect_uri),
            apis=sorted({site(api) for api in asked.apis}),
            lasts=self._how_long(step.scope),
        )

    def _how_long(self, scope: Iterable[str]) -> str:
        if "offline_access" not in scope:
            return str(_("Until you sign out"))
        days = self._lifetimes.refresh_family // DAY
        return str(
            ngettext("%(num)d day, when you’re signed out too", "%(num)d days, when you’re signed out too", days)
        )

    def _verify_password(
        self, username: str, password: str, person: Enrolled | None, step: Step, solved: Solved | None
    ) -> Verified | PasswordRefused:
        result = self._password_step.verify(
            request,
            username,
            password,
            ip=client_address(request.environ),
            account_id=step.account_id if person and isinstance(step, Prove) else "",
            solved=solved,
        )
        self._web.metrics.sign_in("success" if isinstance(result, Verified) else result.reason)
        return result

    def _person_to_prove(self, step: Step) -> Enrolled | None:
        return self._strong.standings.of(step.account_id) if isinstance(step, Prove) and step.account_id else None


def blueprint(
    pages: Pages,
    more: MorePages,
    lost: LostPages,
    *,
    passkeys: PasskeyPages,
    certificates: CertificatePages,
    mail_codes: MailCodePages,
) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(
        "login", __name__, template_folder="templates", static_folder="static", static_url_path="/static/login"
    )
    both = ["GET", "POST"]
    for rule, view, methods in (
        ("/sign-in", pages.start, ["GET"]),
        ("/add-account", pages.add_account, ["GET"]),
        ("/sign-in/<interaction_id>", pages.sign_in, both),
        ("/sign-in/<interaction_id>/proceed", pages.proceed, both),
        ("/sign-in/<interaction_id>/cancel", pages.cancel, ["POST"]),
        ("/sign-in/<interaction_id>/code", mail_codes.mail_code, both),
        ("/sign-in/<interaction_id>/passkey", passkeys.passkey, both),
        ("/sign-in/<interaction_id>/passkey/options", passkeys.passkey_options, ["GET"]),
        ("/sign-in/<interaction_id>/certificate", certificates.certificate, both),
        ("/sign-in/<interaction_id>/with/<method>", more.prove_more, both),
        ("/sign-in/<interaction_id>/lost", lost.lost, both),
        ("/sign-in/<interaction_id>/lost/code", lost.lost_code, both),
        ("/sign-in/<interaction_id>/offer", more.offer, both),
        ("/choose-account/<interaction_id>", pages.choose_account, both),
        ("/consent/<interaction_id>", pages.consent, both),
    ):
        routes.add_url_rule(rule, view_func=view, methods=methods)
    routes.register_error_handler(CSRFError, _go_on)
    return routes


def _go_on(error: CSRFError) -> Response:
    """Lead on from a form that a proof has made stale, in another tab or by the first of two clicks: the sign-in goes on as it is now."""
    stale = browser_secret.find() and request.form.get("csrf_token")
    if not stale:
        return expired_form(error)
    return redirect(url_for("login.proceed", interaction_id=(request.view_args or {})["interaction_id"]), SEE_OTHER)


def _explain(refused: PasswordRefused) -> tuple[str, HTTPStatus]:
    if refused.reason == "wait":
        return (
            ngettext(
                "There were too many attempts from your network. Wait %(num)s second, then try again.",
                "There were too many attempts from your network. Wait %(num)s seconds, then try again.",
                refused.wait_seconds,
            ),
            HTTPStatus.TOO_MANY_REQUESTS,
        )
    if refused.reason == "busy":
        return _("Very many people are signing in. Try again in a moment."), HTTPStatus.SERVICE_UNAVAILABLE
    if refused.reason == "locked":
        return (
            _(
                "This account is locked, because its owner said “It wasn’t me”. Choose “Forgot your password?” to open it again."
            ),
            HTTPStatus.FORBIDDEN,
        )
    if refused.reason == "expired":
        return (
            _("This first password is too old. Choose “Forgot your password?” to set one of your own."),
            HTTPStatus.FORBIDDEN,
        )
    if refused.reason == "disabled":
        return _("This account is closed. Contact us if you think that is a mistake."), HTTPStatus.FORBIDDEN
    # The same for everybody: whether there is such an account, and whether it waits for its confirmation, isn't told.
    wrong = _("The username or the password isn’t right. Check both and try again.")
    new = _("If you’ve just created your account, confirm your e-mail address first.")
    return f"{wrong} {new}", HTTPStatus.UNPROCESSABLE_ENTITY
