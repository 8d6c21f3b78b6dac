"""The finance officer's pages about offices: the list, codes that are shown once, who is paired, who tried."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.pairing.forms import ConfirmForm
from clients.pairing.models import Office
from clients.pairing.officer_forms import CodeForm, OfficeForm
from clients.pairing.offices import Offices, ReplacedMeanwhileError, TakenError
from clients.pairing.papers import Papers
from clients.pairing.service import NotFoundError
from clients.pairing.visitors import officer, who
from clients.sso.guard import kept_form
from config.parsing import integer

SEE_OTHER = HTTPStatus.SEE_OTHER
BOTH = ["GET", "POST"]


def blueprint(offices: Offices, papers: Papers) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("finance", __name__, url_prefix="/finance")
    pages = _Pages(offices, papers)

    @routes.get("")
    @officer
    def overview() -> ResponseReturnValue:
        """List offices and member states."""
        return render_template("finance/overview.html", listed=offices.list())

    @routes.get("/attempts")
    @officer
    def attempts() -> ResponseReturnValue:
        """Show who tried what, page by page."""
        args = request.args
        customer_id = args.get("customer_id", "").strip()[:6]
        everything = args.get("show") == "everything"
        found, more = offices.events(
            attempts_only=not everything,
            customer_id=customer_id if customer_id.isdigit() else "",
            before=integer(args.get("before")) or 0,
        )
        asked = {"customer_id": customer_id, "show": "everything" if everything else ""}
        return render_template("finance/attempts.html", found=found, more=more, asked=asked)

    for path, name, methods in (
        ("/offices/new", "new", BOTH),
        ("/offices/<office_id>", "office", ["GET"]),
        ("/offices/<office_id>/code", "code", BOTH),
        ("/pairings/<pairing_id>/break", "end", BOTH),
    ):
        routes.add_url_rule(path, name, officer(getattr(pages, name)), methods=methods)
    return routes


class _Pages:
    """The pages about one office."""

    def __init__(self, offices: Offices, papers: Papers) -> None:
        self._offices = offices
        self._papers = papers

    def new(self) -> ResponseReturnValue:
        """Create an office, and show its first code."""
        kept = kept_form() if request.method == "GET" else None
        form = OfficeForm(kept) if kept else OfficeForm()
        if form.validate_on_submit():
            try:
                office, code = self._offices.create(who(), form.kind.data, form.customer_id.data, form.name.data)
                return _code_page(office, code)
            except TakenError:
                there = self._offices.find(form.kind.data, form.customer_id.data)
                if there is not None and there.name == form.name.data:
                    # A double click: the first one's answer, with the code, is lost.
                    flash(_("It is stored already. If you haven’t got its code, make another one here."), "info")
                    return redirect(url_for(".office", office_id=there.id), SEE_OTHER)
                form.customer_id.errors = [_("There is one with this Customer ID already.")]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render_template("finance/new_office.html", form=form), status

    def office(self, office_id: str) -> ResponseReturnValue:
        """Show an office with everything that belongs to it."""
        office = self._offices.get(office_id)
        events, _more = self._offices.events(attempts_only=True, kind=office.kind, customer_id=office.customer_id)
        return render_template(
            "finance/office.html",
            office=office,
            people=self._offices.people(office_id),
            documents=self._papers.of_office(office_id),
            events=events[:5],
            slowed=self._offices.is_slowed(office),
        )

    def code(self, office_id: str) -> ResponseReturnValue:
        """Replace the code; what happens to the pairings is the officer's choice."""
        office = self._offices.get(office_id)
        form = CodeForm(data={"version": office.code_version})
        count = len(self._offices.people(office_id))
        if not form.validate_on_submit():
            status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
            return render_template("finance/code.html", form=form, office=office, count=count), status
        ends = form.pairings.data == "end"
        try:
            code, ended = self._offices.replace_code(who(), office_id, form.version.data or 0, end_pairings=ends)
        except ReplacedMeanwhileError:
            # A reload, a double click, or a colleague: never another code by accident.
            flash(_("The code was replaced already. Replace it again if you don’t have it."), "warning")
            return redirect(url_for(".office", office_id=office_id), SEE_OTHER)
        return _code_page(self._offices.get(office_id), code, ended)

    def end(self, pairing_id: str) -> ResponseReturnValue:
        """Ask once more, then break somebody's pairing."""
        try:
            pairing, office = self._offices.pairing(pairing_id)
            office_id, name, form = office.id, pairing.name, ConfirmForm()
            if request.method != "POST":
                return render_template("finance/end.html", form=form, pairing=pairing, office=office)
            self._offices.end_pairing(who(), pairing_id)
        except NotFoundError:
            if request.method != "POST":
                raise
            # A double click, a colleague, or the person was quicker.
            flash(_("This account isn’t paired any more."), "info")
            return redirect(url_for(".overview"), SEE_OTHER)
        flash(_("%(name)s isn’t paired any more.", name=name), "success")
        return redirect(url_for(".office", office_id=office_id), SEE_OTHER)


def _code_page(office: Office, code: str, ended: int = 0) -> str:
    return render_template("finance/code_once.html", office=office, code=code, ended=ended)
