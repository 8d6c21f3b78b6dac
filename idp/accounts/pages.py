"""What the account pages share: where a request came from, words for what a service answers, the name menu. No use case."""

from http import HTTPStatus
from typing import Any

from flask import Request, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from config.design import MenuItem, Person
from config.forms import BaseForm
from idp.accounts.notices import Where
from idp.accounts.passwords import Problem
from idp.accounts.ports import Ports
from idp.accounts.proofs import Unproven
from idp.accounts.sessions import Session
from idp.accounts.times import written
from idp.web import client_address

SEE_OTHER = HTTPStatus.SEE_OTHER
FORM = ("GET", "POST")
"""The methods of a page with a form: it is sent to the page's own address, so that signing in again leads back to it."""


def where(request: Request) -> Where:
    """Return from where a request came."""
    return Where(client_address(request.environ) or None, request.headers.get("User-Agent"))


def person(session: Session, ports: Ports) -> Person:
    """Return who is signed in, for the upper corner of a page."""
    return Person(
        name=session.name,
        menu=[
            MenuItem(_("My account"), "/account", icon="person"),
            MenuItem(_("Switch account"), ports.switch_url, icon="people"),
            MenuItem(_("Sign out"), ports.sign_out_url, icon="sign-out", post=True, id="sign-out"),
        ],
    )


def show_form(template: str, form: BaseForm, **context: object) -> ResponseReturnValue:
    """Render a page with a form: with 422 (RFC 9110 section 15.5.21) when it comes back because something is wrong with it."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK
    return render_template(template, form=form, **context), status


def see(endpoint: str, **values: Any) -> Response:
    """Lead on to a page after a POST (RFC 9110 section 15.4.4)."""
    return redirect(url_for(f"accounts.{endpoint}", **values), code=SEE_OTHER)


def local_time(seconds: int, time_zone: str | None) -> str:
    """Return a time as the reader of the page writes it."""
    return written(seconds, get_locale() or "en", time_zone)


def unproven_text(reason: Unproven) -> str:
    """Return what to say about a code that confirmed nothing."""
    match reason:
        case Unproven.WRONG:
            text = _("That isn’t the code we sent. Look at the mail and try again, or open the link in it.")
        case Unproven.OFF:
            text = _("There were too many wrong codes today. Open the link in the mail: it still works.")
        case Unproven.SPENT:
            text = _("This code can no longer be used. Ask for a new one.")
    return str(text)


def reset_refused_text() -> str:
    """Return what to say about a code that resets no password: the same for a wrong one, an old one, and one that nobody was sent."""
    return str(
        _(
            "That isn’t the code we sent, or it can no longer be used: codes work once, and not after too many wrong ones in a day. "
            "The link in the mail works all the same."
        )
    )


def not_sent_text() -> str:
    """Return what to say when another mail is asked for too early."""
    return str(
        _(
            "No further mail was sent: there has just been one, or there were several within the hour. "
            "They all have the same code. Look for them, or wait a little and ask again."
        )
    )


def problem_text(problem: Problem, *, min_length: int, max_length: int) -> str:
    """Return what to say about a password that isn't good enough."""
    match problem:
        case Problem.TOO_SHORT:
            text = _("Use at least %(num)d characters.", num=min_length)
        case Problem.TOO_LONG:
            text = _("Use at most %(num)d characters.", num=max_length)
        case Problem.UNCHANGED:
            text = _("Choose another password than the one that was made for you.")
        case Problem.BREACHED:
            text = _("This password is known from stolen lists, and is tried first. Choose another one.")
        case Problem.TOO_EASY:
            text = _("This password is easy to guess. Use more words, or words that have nothing to do with you.")
    return str(text)
