"""Filing's pages. All but the landing page demand two factors, and show a person nothing but their own drafts."""

import secrets
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_time
from flask_babel import gettext as _

from clients.filing.forms import ConfirmForm, DraftForm
from clients.filing.models import Draft
from clients.filing.service import (
    ChangedMeanwhileError,
    Drafts,
    NotFoundError,
    SubmissionConflictError,
    TooManyError,
)
from clients.sso.demands import Demand
from clients.sso.guard import current_visitor, kept_form, meets, strong
from config.forms import IntegerField

SEE_OTHER = HTTPStatus.SEE_OTHER
_STRONG = Demand("aal2")


def blueprint(drafts: Drafts, issuer: str) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("filing", __name__, template_folder="templates")
    pages = _Pages(drafts)
    routes.app_template_filter("moment")(_moment)

    @routes.get("/")
    def landing() -> ResponseReturnValue:
        """Say what this is, to people who can't see their drafts yet."""
        if meets(_STRONG):
            return redirect(url_for(".overview"), SEE_OTHER)
        return render_template("filing/landing.html", issuer=issuer)

    @routes.get("/drafts")
    @strong
    def overview() -> ResponseReturnValue:
        """List what is theirs."""
        return render_template("filing/overview.html", drafts=drafts.list(_sub()))

    routes.add_url_rule("/drafts/new", "new", strong(pages.new), methods=["GET", "POST"])
    routes.add_url_rule("/drafts/<draft_id>", "edit", strong(pages.edit), methods=["GET", "POST"])
    routes.add_url_rule("/drafts/<draft_id>/delete", "delete", strong(pages.delete), methods=["GET", "POST"])
    return routes


class _Pages:
    """The pages with a form."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def new(self) -> ResponseReturnValue:
        """Begin a draft."""
        form, kept = _form(submission=secrets.token_urlsafe(24))
        if not form.validate_on_submit():
            return _draft_page(form, kept=kept)
        try:
            draft = self._drafts.create(_sub(), form.content(), submission=form.submission.data)
        except TooManyError:
            return _draft_page(form, too_many=True), HTTPStatus.CONFLICT
        except SubmissionConflictError:
            # The page was saved already, and was changed after the back button: what is on it now is another draft, if they want it.
            form.submission.raw_data, form.submission.data = None, secrets.token_urlsafe(24)
            return _draft_page(form, another=True), HTTPStatus.CONFLICT
        flash(_("Draft %(reference)s is saved.", reference=draft.reference), "success")
        return redirect(url_for(".overview"), SEE_OTHER)

    def edit(self, draft_id: str) -> ResponseReturnValue:
        """Show a draft and change it."""
        draft = self._find(draft_id)
        values = {"kind": draft.kind, "title": draft.title, "applicant": draft.applicant, "version": draft.version}
        form, kept = _form(**values)
        if not form.validate_on_submit():
            return _draft_page(form, draft, kept=kept)
        try:
            self._drafts.change(_sub(), draft_id, form.content(), version=form.version.data or 0)
        except ChangedMeanwhileError as changed:
            # What they typed stays; saving it again is now a choice, made with both before them.
            _refresh(form.version, changed.now)
            return _draft_page(form, changed.now, conflict=True), HTTPStatus.CONFLICT
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)
        flash(_("Draft %(reference)s is saved.", reference=draft.reference), "success")
        return redirect(url_for(".overview"), SEE_OTHER)

    def delete(self, draft_id: str) -> ResponseReturnValue:
        """Ask once more, then delete: it can't be undone."""
        if request.method != "POST":
            draft = self._find(draft_id)
            return render_template("filing/delete.html", form=ConfirmForm(version=draft.version), draft=draft)
        form = ConfirmForm()
        try:
            self._drafts.delete(_sub(), draft_id, version=form.version.data or 0)
        except ChangedMeanwhileError as changed:
            _refresh(form.version, changed.now)
            page = render_template("filing/delete.html", form=form, draft=changed.now, conflict=True)
            return page, HTTPStatus.CONFLICT
        except NotFoundError:
            # Deleted already: a double click, or another tab.
            return redirect(url_for(".overview"), SEE_OTHER)
        flash(_("The draft is deleted."), "success")
        return redirect(url_for(".overview"), SEE_OTHER)

    def _find(self, draft_id: str) -> Draft:
        try:
            return self._drafts.get(_sub(), draft_id)
        except NotFoundError:
            abort(HTTPStatus.NOT_FOUND)


def _form(**values: object) -> tuple[DraftForm, bool]:
    """Return the form, and whether it holds what the person had typed before they were sent to sign in again."""
    kept = kept_form() if request.method == "GET" else None
    return (DraftForm(data=values), False) if kept is None else (DraftForm(kept, data=values), True)


def _refresh(field: IntegerField, draft: Draft) -> None:
    """Let the form be about the version that the person sees now."""
    field.raw_data = None
    field.data = draft.version


def _draft_page(form: DraftForm, draft: Draft | None = None, **happened: bool) -> str:
    """Return the page; `kept`, `conflict`, `too_many` or `another` says what happened before."""
    return render_template("filing/draft.html", form=form, draft=draft, **happened)


def _moment(seconds: int) -> str:
    """Return a time for people. Which zone they are in isn't known here, so it says which one it means."""
    then = datetime.fromtimestamp(seconds, UTC)
    return f"{format_date(then, 'medium')}, {format_time(then, 'short')} UTC"


def _sub() -> str:
    visitor = current_visitor()
    # `strong` has seen to it; without a person there is nothing to show.
    return visitor.sub if visitor else abort(HTTPStatus.FORBIDDEN)
