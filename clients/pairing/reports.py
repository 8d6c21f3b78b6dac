"""Distribution reports and annual contributions: lists that are chosen by type and time, and the documents themselves."""

import unicodedata
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from clients.pairing.forms import FilterForm
from clients.pairing.kinds import OFFICE, SECTIONS, STATE, month_name
from clients.pairing.models import Document
from clients.pairing.papers import Papers
from clients.pairing.service import NotFoundError, Pairings
from clients.pairing.visitors import who
from clients.sso.guard import signed_in

PATHS = {OFFICE: "/distribution-reports", STATE: "/annual-contributions"}
_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""For a PDF that the browser shows itself: nothing runs and nothing is loaded."""


def blueprint(pairings: Pairings, papers: Papers) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("reports", __name__)

    def listed(kind: str) -> ResponseReturnValue:
        sub, section = who().sub, SECTIONS[kind]
        paired = [one for one in pairings.list(sub) if one.office.kind == kind]
        there = papers.years(sub, kind)
        this_year = papers.today().year
        years = sorted({*there, *range(this_year - 4, this_year + 1)}, reverse=True)
        months = [(str(month), month_name(month)) for month in range(1, 13)]
        form = FilterForm(request.args, section, months, years)
        right = form.validate()
        month = int(form.month.data or 0) if section.monthly and right else 0
        year = int(form.year.data or 0) if right else 0
        found = papers.find(sub, kind, form.chosen.data or "", year, month) if right else []
        page = render_template("pairing/reports.html", kind=kind, form=form, found=found, paired=paired, right=right)
        return page, HTTPStatus.OK if right else HTTPStatus.UNPROCESSABLE_ENTITY

    for kind, path in PATHS.items():
        routes.add_url_rule(path, kind, signed_in(listed), defaults={"kind": kind})

    @routes.get("/documents/<document_id>")
    @signed_in
    def document(document_id: str) -> ResponseReturnValue:
        try:
            return pdf_response(*papers.open(document_id, who().sub))
        except NotFoundError:
            # The same for a document that there isn't and for one of an office that isn't theirs.
            abort(HTTPStatus.NOT_FOUND)

    return routes


def pdf_response(document: Document, content: bytes) -> Response:
    """Return a document as nothing but a PDF, which no cache keeps (`Cache-Control` comes with every page)."""
    response = Response(content, mimetype="application/pdf")
    name = f"{document.title}.pdf"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join(one if one.isalnum() or one in " .-_" else "-" for one in plain)
    # RFC 6266 section 5: a name for old programs, and the real one.
    response.headers["Content-Disposition"] = f"inline; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
