"""The pages of a sign-in that needs another factor, and what is offered after one that needed none."""

import re
from http import HTTPStatus

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from idp.accounts.ports import WayOn
from idp.accounts.strength import AAL2, AAL3, KNOWLEDGE, Proof
from idp.errors import PageError
from idp.factors.base import Attempt, Refusal, proven_by
from idp.factors.build import Strong
from idp.login.dispatcher import Dispatcher
from idp.login.flow import ProveMore
from idp.login.forms import StepForm
from idp.login.interactions import SEE_OTHER
from idp.login.knowledge import where
from idp.login.store import Interaction
from idp.web import Web

_OFFERED = "passkey_offered"
_ADVISED = "advised"
"""The cookie's field: in which sign-in the advice about a longer password was given."""
_OFFERED_SECONDS = 90 * 24 * 3600
_TWO_FACTORS = {AAL2, AAL3}
_PROCEED = re.compile(r"/sign-in/(\w+)/proceed")
_MINUTE = 60


class MorePages:
    """The views."""

    def __init__(self, dispatcher: Dispatcher, strong: Strong, web: Web) -> None:
        self._dispatcher = dispatcher
        self._strong = strong
        self._advice = strong.accounts.password_advice
        self._min_length = strong.accounts.new_password.min_length
        self._web = web

    def prove_more(self, interaction_id: str, method: str) -> Response:
        """Ask for a proof by one of the account's methods."""
        interaction = self._dispatcher.load(interaction_id)
        step = self._dispatcher.step(interaction)
        found = self._strong.registry.find(method)
        if not isinstance(step, ProveMore) or method not in step.methods or found is None:
            return self._dispatcher.advance(interaction)
        attempt, form = self._attempt(interaction, step.account_id), StepForm()
        problem, status, retry_after = "", HTTPStatus.OK, 0
        # Trust is no proof: whoever asks for two factors asks for them the next time too. And a code from a drawer trusts no browser.
        may_trust = not found.backup and not interaction.chosen_sid and interaction.asked.acr_floor not in _TWO_FACTORS
        if form.validate_on_submit():
            outcome = self._strong.registry.verify(method, attempt, request.form)
            self._web.metrics.sign_in("success" if isinstance(outcome, Proof) else outcome.reason)
            if isinstance(outcome, Proof):
                trust = may_trust and "trust" in request.form
                return self._dispatcher.prove(interaction, step.account_id, outcome, trust=trust)
            if outcome.reason == "denied":
                return self._dispatcher.denied(interaction)
            if outcome.reason == "waiting" and request.form.get("again"):
                # Asked anew: nothing is wrong, and reloading the page mustn't ask once more.
                return redirect(request.path, SEE_OTHER)
            problem, status = _explain(outcome)
            retry_after = outcome.wait_seconds if status is HTTPStatus.TOO_MANY_REQUESTS else 0
        elif form.is_submitted():
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            problem = _("This page was open for too long. Try again.")
        asked = found.ask(attempt)
        if asked.get("denied"):
            return self._dispatcher.denied(interaction)
        has = self._strong.standings.of(step.account_id)
        others = [each for each in self._strong.registry if each.name in step.methods and each.name != method]
        page = render_template(
            f"{method}/sign_in.html",
            form=form,
            interaction=interaction,
            attempt=attempt,
            asked=asked,
            problem=problem,
            others=[(each.name, each.describe()) for each in others],
            may_trust=may_trust,
            trusting="trust" in request.form,
            trust_days=self._strong.trusted.days,
            # Whoever has nothing but what somebody else has registered may never have got it: something else can be set up.
            enrol_url=""
            if has.methods
            else url_for("factors.choose", next=url_for("login.proceed", interaction_id=interaction.id)),
        )
        response = make_response(page, status)
        if retry_after:
            response.headers["Retry-After"] = str(retry_after)
        return response

    def offer(self, interaction_id: str) -> Response:
        """Offer a passkey to somebody who signed in with a password alone, on a device that can keep one; once in a while.

        Who has a password from before today's rule is advised to choose a longer one instead, once, and sees that page when it is reloaded.
        """
        interaction = self._dispatcher.load(interaction_id)
        if not interaction.offer:
            return self._dispatcher.advance(interaction)
        form, back = StepForm(), url_for("login.proceed", interaction_id=interaction.id)
        if request.method == "GET" and self._advice.give(interaction.account_id):
            session[_ADVISED] = interaction.id
        if session.get(_ADVISED) == interaction.id:
            if form.validate_on_submit():
                return self._dispatcher.offered(interaction)
            return make_response(
                render_template(
                    "login/longer_password.html",
                    form=form,
                    interaction=interaction,
                    change_url=url_for("accounts.change_password", next=back),
                    min_length=self._min_length(interaction.account_id),
                )
            )
        if form.validate_on_submit():
            response = self._dispatcher.offered(interaction)
        else:
            add_url = self._strong.passkeys.add_url(back)
            response = make_response(
                render_template("login/offer.html", form=form, interaction=interaction, add_url=add_url)
            )
        response.set_cookie(
            _OFFERED, "1", max_age=_OFFERED_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
        )
        return response

    def _attempt(self, interaction: Interaction, account_id: str) -> Attempt:
        """Return what the methods are asked about. Each time the password is typed, another attempt begins: a "no" ends only the last one."""
        here, accounts = where(), self._strong.accounts
        typed_at = max((proof.at for proof in interaction.proofs if KNOWLEDGE in proof.shows), default=0)
        if typed_at:
            since = self._strong.standings.of(account_id).password_since
            proven = proven_by("password", since, accounts.device_cookies.find(request, account_id))
        else:
            people = (one.session for one in accounts.browser.people(request))
            proven = proven_by("session", next((one.sid for one in people if one.account_id == account_id), ""))
        return Attempt(
            f"{interaction.id}.{typed_at}",
            account_id,
            interaction.asked.client_name,
            here.ip or "",
            here.user_agent or "",
            typed_at,
            proven,
        )


def may_offer() -> bool:
    """Tell whether the sign-in form says that this device can keep a passkey, and the last offer here was long ago."""
    return request.form.get("passkeys") == "y" and _OFFERED not in request.cookies


def lead_on(dispatcher: Dispatcher, path: str) -> WayOn | None:
    """Let the page's forms end where the sign-in ends that goes on at `path`, and tell where; any other path leads nowhere else."""
    found = _PROCEED.fullmatch(path)
    if found is None:
        return None
    try:
        interaction = dispatcher.load(found[1])
    except (PageError, HTTPException):
        return None
    return WayOn(interaction.asked.client_name, url_for("login.cancel", interaction_id=interaction.id))


def _explain(refusal: Refusal) -> tuple[str, HTTPStatus]:
    minutes = -(-refusal.wait_seconds // _MINUTE)
    match refusal.reason:
        case "wait":
            text = ngettext(
                "There were too many wrong answers. Wait a minute, or use another way.",
                "There were too many wrong answers. Wait %(num)d minutes, or use another way.",
                minutes,
            )
            return refusal.message or text, HTTPStatus.TOO_MANY_REQUESTS
        case "blocked":
            text = _("There were too many wrong answers. Use another way to confirm that it’s you.")
            return text, HTTPStatus.TOO_MANY_REQUESTS
        case "waiting":
            text = _("There is no answer yet. Answer on your device, then continue here.")
        case "expired":
            text = _("This took too long. Try again.")
        case "unavailable":
            text = _("This way doesn’t work at the moment. Use another one.")
        case _:
            text = _("That wasn’t right. Try again.")
    return refusal.message or text, HTTPStatus.UNPROCESSABLE_ENTITY
