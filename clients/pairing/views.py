"""Pairing's pages for everybody: what the account is paired with, and the form that pairs it."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from clients.pairing.attempts import Refused
from clients.pairing.forms import ConfirmForm, PairForm
from clients.pairing.kinds import OFFICE, SECTIONS, STATE, TYPES, period
from clients.pairing.service import NotFoundError, Pairings, RefusedError, WrongCodeError
from clients.pairing.store import Paired
from clients.pairing.visitors import is_officer, who
from clients.sso.guard import Visitor, kept_form, signed_in

SEE_OTHER = HTTPStatus.SEE_OTHER


def blueprint(pairings: Pairings) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("pairing", __name__, template_folder="templates")
    pages = _Pages(pairings)
    routes.app_template_filter("moment")(moment)
    routes.app_template_filter("day")(day)
    routes.app_context_processor(lambda: {"is_officer": is_officer(), "period": period, "type_names": TYPES})

    @routes.get("/")
    @signed_in
    def overview() -> ResponseReturnValue:
        """Show what the account is paired with."""
        return render_template("pairing/overview.html", paired=_by_kind(pairings, who().sub))

    for kind in SECTIONS:
        routes.add_url_rule(
            f"/pair/{kind}", f"pair_{kind}", signed_in(pages.pair), defaults={"kind": kind}, methods=["GET", "POST"]
        )
    end = signed_in(pages.end)
    routes.add_url_rule("/pairings/<pairing_id>/break", "end", end, methods=["GET", "POST"])
    return routes


def note(pairings: Pairings) -> Callable[[Visitor], str]:
    """Return what stands beside a person's name: the Customer IDs that they are paired with."""

    def customer_ids(visitor: Visitor) -> str:
        ids = dict.fromkeys(paired.office.customer_id for paired in pairings.list(visitor.sub))
        return ", ".join(ids)

    return customer_ids


class _Pages:
    """The pages with a form."""

    def __init__(self, pairings: Pairings) -> None:
        self._pairings = pairings

    def pair(self, kind: str) -> ResponseReturnValue:
        """Ask for Customer ID and access code, and pair."""
        kept = kept_form() if request.method == "GET" else None
        form = PairForm(kept) if kept else PairForm()
        if not form.validate_on_submit():
            status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
            return _pair_page(form, kind), status
        try:
            is_new = self._pairings.pair(who(), kind, form.customer_id.data, form.access_code.data)
        except WrongCodeError:
            wrong = _(
                "This Customer ID and this Access Code don’t belong together. Check both with your finance contact."
            )
            form.access_code.errors = [wrong]
            return _pair_page(form, kind), HTTPStatus.UNPROCESSABLE_ENTITY
        except RefusedError as refused:
            page = _pair_page(form, kind, refused=_explained(refused))
            return page, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refused.seconds)}
        done = {
            OFFICE: _("Your account is paired to your Office."),
            STATE: _("Your account is paired to your Member State."),
        }
        flash(done[kind] if is_new else _("Your account was paired already."), "success")
        return redirect(url_for(".overview"), SEE_OTHER)

    def end(self, pairing_id: str) -> ResponseReturnValue:
        """Ask once more, then break a pairing."""
        form = ConfirmForm()
        try:
            if request.method != "POST":
                return render_template("pairing/end.html", form=form, paired=self._pairings.get(who().sub, pairing_id))
            self._pairings.end(who(), pairing_id)
        except NotFoundError:
            # Broken already: a double click, or another tab.
            return (
                redirect(url_for(".overview"), SEE_OTHER) if request.method == "POST" else abort(HTTPStatus.NOT_FOUND)
            )
        flash(_("The pairing is broken. Its documents aren’t shown to you any more."), "success")
        return redirect(url_for(".overview"), SEE_OTHER)


def moment(seconds: int) -> str:
    """Return a time for people. Which zone they are in isn't known here, so it says which one it means."""
    then = datetime.fromtimestamp(seconds, UTC)
    return f"{format_date(then, 'medium')}, {format_time(then, 'short')} UTC"


def day(seconds: int) -> str:
    """Return a date for people."""
    return str(format_date(datetime.fromtimestamp(seconds, UTC), "medium"))


def _by_kind(pairings: Pairings, sub: str) -> dict[str, list[Paired]]:
    found: dict[str, list[Paired]] = {kind: [] for kind in SECTIONS}
    for paired in pairings.list(sub):
        found[paired.office.kind].append(paired)
    return found


def _explained(refused: RefusedError) -> str:
    minutes = max(1, -(-refused.seconds // 60))
    why = {
        Refused.ACCOUNT: _("Too many codes were tried with your account, so we don’t look at more of them for now."),
        Refused.ADDRESS: _("Too many codes were tried from your network, so we don’t look at more of them for now."),
        Refused.OFFICE: _("Somebody tries codes of this office, so each account has fewer tries than usual."),
    }[refused.why]
    return f"{why} {_('Try again in %(count)d min., or ask your finance contact for the code.', count=minutes)}"


def _pair_page(form: PairForm, kind: str, refused: str = "") -> str:
    # What was typed stays, but never a code.
    form.access_code.data = ""
    return render_template("pairing/pair.html", form=form, kind=kind, refused=refused)
