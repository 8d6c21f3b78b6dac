"""The finance officer's pages about documents: storing one, storing many at once, opening and deleting them."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clients.pairing import listing, pdf
from clients.pairing.batches import StoredMeanwhileError
from clients.pairing.forms import ConfirmForm
from clients.pairing.kinds import TYPES
from clients.pairing.library import New
from clients.pairing.officer_forms import BatchForm, DocumentForm
from clients.pairing.offices import Offices
from clients.pairing.papers import LARGEST_BATCH, Papers, ThereAlreadyError, sha256
from clients.pairing.reports import pdf_response
from clients.pairing.service import NotFoundError
from clients.pairing.visitors import is_officer, officer, who

SEE_OTHER = HTTPStatus.SEE_OTHER
BOTH = ["GET", "POST"]
_ROOM = 16 * 1024 * 1024


def largest_body() -> int | None:
    """Return how many bytes this request may have: only finance officers send files, and only to two pages."""
    if request.endpoint in {"uploads.one", "uploads.many"} and request.method == "POST" and is_officer():
        return LARGEST_BATCH + _ROOM
    return None


def blueprint(offices: Offices, papers: Papers) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("uploads", __name__, url_prefix="/finance")
    pages = _Pages(offices, papers)

    @routes.get("/documents/<document_id>")
    @officer
    def document(document_id: str) -> ResponseReturnValue:
        """Open any document."""
        return pdf_response(*papers.open(document_id, None))

    for path, name in (
        ("/documents/new", "one"),
        ("/documents/many", "many"),
        ("/documents/<document_id>/delete", "delete"),
        ("/batches/<batch_id>", "batch"),
    ):
        routes.add_url_rule(path, name, officer(getattr(pages, name)), methods=BOTH)
    return routes


class _Pages:
    """The pages with a form."""

    def __init__(self, offices: Offices, papers: Papers) -> None:
        self._offices = offices
        self._papers = papers

    def one(self) -> ResponseReturnValue:
        """Store one document."""
        today = self._papers.today()
        chosen = {"office": request.args.get("office", ""), "year": today.year}
        form = DocumentForm(list(self._offices.list()), today.year + 1, data=chosen)
        if form.validate_on_submit():
            new = New(
                office_id=form.office.data,
                type=form.type.data,
                year=form.year.data or 0,
                month=int(form.month.data or 0),
                title=form.title.data,
                sha256=sha256(form.content),
                content=form.content,
            )
            try:
                if self._papers.add(who(), new):
                    flash(_("%(title)s is stored.", title=new.title), "success")
                else:
                    flash(_("%(title)s is stored already.", title=new.title), "info")
                return redirect(url_for("finance.office", office_id=new.office_id), SEE_OTHER)
            except ThereAlreadyError:
                form.file.errors = [_("This very file is stored for this period already.")]
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        most = pdf.LARGEST // 1024**2
        return render_template("finance/new_document.html", form=form, most=most), status

    def many(self) -> ResponseReturnValue:
        """Check a CSV with its files; storing is the next page's business."""
        form = BatchForm()
        mistakes: list[listing.Mistake] = []
        if form.validate_on_submit():
            files = [(one.filename or "", one.stream) for one in form.files.data]
            batch_id, mistakes = self._papers.check(who(), form.csv.data.stream.read(), files)
            if batch_id:
                return redirect(url_for(".batch", batch_id=batch_id), SEE_OTHER)
        page = render_template(
            "finance/many.html",
            form=form,
            mistakes=mistakes,
            example=listing.example(),
            types=list(TYPES),
            most={"file": pdf.LARGEST // 1024**2, "all": LARGEST_BATCH // 1024**2, "lines": listing.MOST_LINES},
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or mistakes else HTTPStatus.OK

    def batch(self, batch_id: str) -> ResponseReturnValue:
        """Show what would be stored; store it when the officer says so."""
        try:
            return self._batch(batch_id)
        except NotFoundError:
            stored = self._papers.stored(who(), batch_id)
            if not stored:
                raise
            # A double click, or the back button.
            flash(_("Stored already: %(count)d documents.", count=stored), "info")
            return redirect(url_for("finance.overview"), SEE_OTHER)

    def _batch(self, batch_id: str) -> ResponseReturnValue:
        lines = self._papers.batch(who(), batch_id)
        if request.method != "POST":
            return render_template("finance/batch.html", form=ConfirmForm(), lines=lines, batch_id=batch_id)
        if request.form.get("do") == "drop":
            self._papers.drop_batch(who(), batch_id)
            flash(_("Nothing was stored."), "info")
            return redirect(url_for("finance.overview"), SEE_OTHER)
        try:
            stored = self._papers.store_batch(who(), batch_id)
        except StoredMeanwhileError:
            flash(_("One of the documents was stored meanwhile, so nothing was. Check the files again."), "danger")
            return redirect(url_for(".many"), SEE_OTHER)
        flash(_("Stored: %(count)d documents.", count=stored), "success")
        return redirect(url_for("finance.overview"), SEE_OTHER)

    def delete(self, document_id: str) -> ResponseReturnValue:
        """Ask once more, then delete a document for good."""
        try:
            document, office = self._papers.get(document_id)
            office_id, form = office.id, ConfirmForm()
            if request.method != "POST":
                return render_template("finance/delete.html", form=form, document=document, office=office)
            self._papers.delete(who(), document_id)
        except NotFoundError:
            # Deleted already: a double click, or another tab.
            if request.method != "POST":
                raise
            return redirect(url_for("finance.overview"), SEE_OTHER)
        flash(_("The document is deleted."), "success")
        return redirect(url_for("finance.office", office_id=office_id), SEE_OTHER)
