"""Page that asks for the code mailed to the confirmed address (`address_proofs`), for whoever needs that proof.

A mail is sent when its button is pressed, never by opening the page. The link in the mail leads to the page that waits in the same
browser: in another one it proves nothing, as it isn't known there for which session.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from flask import Blueprint, redirect, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from idp.accounts.address_proofs import AddressProofs, Then
from idp.accounts.build import Accounts
from idp.accounts.forms import ConfirmCodeForm
from idp.accounts.guard import Guard, here
from idp.accounts.identifiers import masked
from idp.accounts.pages import FORM, SEE_OTHER, local_time, not_sent_text, person, show_form, unproven_text, where
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports
from idp.accounts.proofs import Confirmation, Purpose, Unproven
from idp.accounts.sessions import Session
from idp.db import Tx
from idp.web.errors import expired_form

_PAGE = "address_proof"
"""The cookie's field: the address of the page that waits for a code in this browser."""
_HOME = "/account/security"


class AddressProofPage:
    """The page, at the address of the view that shows it. `c` in its query is the request, `link` the secret of the mailed link."""

    def __init__(self, proofs: AddressProofs) -> None:
        self._proofs = proofs

    def show(
        self, account_id: str, purpose: Purpose, then: Then, done: Callable[[], Response], **context: Any
    ) -> ResponseReturnValue:
        """Ask for the code; once it is right, do `then` with it, and answer what `done` returns. May raise what `then` raises."""
        addresses = [masked(address) for address in self._proofs.addresses(account_id)]
        if not addresses:
            waits, person_here = self._proofs.usable_from(account_id), context.get("session")
            since = local_time(waits, person_here.time_zone if person_here else None) if waits else ""
            return render_template("accounts/address_waits.html", since=since, here=here(), **context)
        confirmation = self._proofs.find(request.args.get("c", ""), account_id, purpose)
        form, outcome = ConfirmCodeForm(), ""
        if request.method == "POST":
            answered = self._answer(form, confirmation, account_id, purpose, then)
            if answered is None:
                cookie.pop(_PAGE, None)
                return done()
            if isinstance(answered, Response):
                return answered
            outcome = answered
        if confirmation and confirmation.used:
            confirmation = None
        page = "accounts/prove_address.html"
        link = request.args.get("link", "")
        return show_form(
            page,
            form,
            addresses=addresses,
            confirmation=confirmation,
            link=link,
            message=outcome,
            purpose=purpose,
            **context,
        )

    def _answer(
        self,
        form: ConfirmCodeForm,
        confirmation: Confirmation | None,
        account_id: str,
        purpose: Purpose,
        then: Then,
    ) -> Response | str | None:
        """Return where to go on, what to say, or None when it is proven."""
        if "send" in request.form:
            return _wait_for(self._proofs.request(account_id, purpose, where(request)))
        if "link" in request.form:
            return _said(self._proofs.confirm_link(account_id, purpose, request.form["link"], where(request), then))
        if confirmation is None:
            return redirect(here(), SEE_OTHER)
        if "resend" in request.form:
            sent = self._proofs.resend(confirmation, where(request))
            return _wait_for(confirmation.id, sent="1") if sent else not_sent_text()
        if form.validate_on_submit():
            return _said(self._proofs.confirm_code(confirmation, str(form.code.data), where(request), then))
        return ""


class AddressProofViews:
    """The page of a signed-in person, before their first second factor, and where the link of the mail leads."""

    def __init__(self, accounts: Accounts, ports: Ports) -> None:
        self._accounts = accounts
        self._ports = ports
        self._page = AddressProofPage(accounts.address_proofs)

    def add_to(self, pages: Blueprint, guard: Guard) -> None:
        """Put the pages on the blueprint."""
        self._guard = guard
        asked = guard.careful(self.prove_address)

        def prove_address() -> ResponseReturnValue:
            if request.method == "POST" and self._accounts.browser.current(request) is None:
                # A second click, sent before the first one's answer: the browser has another cookie by now, or is signed out.
                return redirect(here(), SEE_OTHER)
            return asked()

        pages.add_url_rule(_HOME + "/confirm", view_func=prove_address, methods=FORM)
        pages.add_url_rule(_HOME + "/confirm/<token>", view_func=self.open_link)
        pages.register_error_handler(CSRFError, _go_on)

    def prove_address(self, session: Session) -> ResponseReturnValue:
        """Ask for the code, and go on to `next`."""
        next_path = own_path(request.args.get("next", "")) or _HOME
        # Where the sign-in ends that the next page leads on to, if it does.
        inner = own_path(parse_qs(urlsplit(next_path).query).get("next", [""])[-1])
        way_on = self._ports.lead_on(next_path) or self._ports.lead_on(inner)
        if self._guard.has_proven_more(session):
            return redirect(next_path, SEE_OTHER)
        now, source, entered = self._accounts.clock(), where(request), []

        def then(tx: Tx) -> None:
            entered.append(
                self._accounts.sessions.strengthen(
                    tx, session.sid, (), ip=source.ip, user_agent=source.user_agent, address_proven_at=now
                )
            )

        def done() -> Response:
            self._accounts.browser.enter(request, *entered[0])
            return redirect(next_path, SEE_OTHER)

        try:
            return self._page.show(
                session.account_id,
                Purpose.ADD_FACTOR,
                then,
                done,
                person=person(session, self._ports),
                session=session,
                service=way_on.service if way_on else "",
                way_back="/account" if way_on else _HOME,
            )
        except LookupError:  # ended meanwhile: the same page asks to sign in
            return redirect(here(), SEE_OTHER)

    def open_link(self, token: str) -> ResponseReturnValue:
        """Lead to the page that waits in this browser; its button confirms, because mail scanners open links as well."""
        page = own_path(str(cookie.get(_PAGE, "")))
        if not page:
            return render_template("accounts/link_elsewhere.html")
        return redirect(f"{page}&link={quote(token, safe='')}", SEE_OTHER)


def _wait_for(confirmation_id: str, **more: str) -> Response:
    """Lead on to the page that waits for a request's code."""
    kept = {"next": request.args["next"]} if request.args.get("next") else {}
    page = f"{request.path}?{urlencode({**kept, 'c': confirmation_id})}"
    cookie[_PAGE] = page
    return redirect(f"{page}&{urlencode(more)}" if more else page, SEE_OTHER)


def _said(outcome: Unproven | None) -> str | None:
    return None if outcome is None else unproven_text(outcome)


def _go_on(error: CSRFError) -> Response:
    """Lead on from this page's form when a proof has made it stale: in another tab, or by the first of two clicks."""
    if request.endpoint == "accounts.prove_address" and request.form.get("csrf_token"):
        return redirect(here(), SEE_OTHER)
    return expired_form(error)
