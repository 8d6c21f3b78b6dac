"""Filing's API: the same drafts for apps, with an access token whose sign-in was strong. Refusals say what is needed (RFC 9470).

Changes name the version that they are based on, as the pages do (`ETag` and `If-Match`, RFC 9110 section 13); `Idempotency-Key`
makes a repeated creation one creation.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from clients.filing.forms import DraftForm
from clients.filing.models import Draft
from clients.filing.service import ChangedMeanwhileError, Drafts, NotFoundError, TooManyError
from clients.sso.resource_server import ResourceServer, caller

PATH = "/api"
READ = "filing:read"
WRITE = "filing:write"
LEVEL = "aal2"
_FIELDS = ("kind", "title", "applicant")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class _RefusalError(Exception):
    """An answer that ends the call: status, error, what to do."""

    def __init__(self, status: HTTPStatus, error: str, description: str, **more: object) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description, **more}


def blueprint(drafts: Drafts, guard: ResourceServer) -> Blueprint:
    """Return the routes under `/api`."""
    routes = Blueprint("filing_api", __name__, url_prefix=PATH)

    @routes.get("/drafts")
    @guard.requires(READ, acr=LEVEL)
    def list_drafts() -> Response:
        return jsonify(drafts=[_shown(draft) for draft in drafts.list(caller().sub)])

    @routes.post("/drafts")
    @guard.requires(WRITE, acr=LEVEL)
    def create_draft() -> Response:
        key = request.headers.get("Idempotency-Key", "")
        # Forms and calls name their submissions apart, so that none can meet one of the other's.
        form = _checked(submission=f"api:{key}" if key else "")
        draft = drafts.create(caller().sub, form.content(), submission=form.submission.data)
        response = _answer(draft, HTTPStatus.CREATED)
        response.headers["Location"] = url_for(".show_draft", draft_id=draft.id)
        return response

    @routes.get("/drafts/<draft_id>")
    @guard.requires(READ, acr=LEVEL)
    def show_draft(draft_id: str) -> Response:
        return _answer(drafts.get(caller().sub, draft_id))

    @routes.put("/drafts/<draft_id>")
    @guard.requires(WRITE, acr=LEVEL)
    def change_draft(draft_id: str) -> Response:
        version = _version()
        return _answer(drafts.change(caller().sub, draft_id, _checked().content(), version=version))

    @routes.delete("/drafts/<draft_id>")
    @guard.requires(WRITE, acr=LEVEL)
    def delete_draft(draft_id: str) -> tuple[str, HTTPStatus]:
        drafts.delete(caller().sub, draft_id, version=_version())
        return "", HTTPStatus.NO_CONTENT

    @routes.route("/", defaults={"_path": ""}, methods=_METHODS)
    @routes.route("/<path:_path>", methods=_METHODS)
    def nothing(_path: str) -> Response:
        raise NotFoundError

    _write_errors(routes)
    return routes


def _write_errors(routes: Blueprint) -> None:
    def refused(error: _RefusalError) -> tuple[Response, HTTPStatus]:
        return jsonify(error.body), error.status

    def not_found(_error: NotFoundError) -> tuple[Response, HTTPStatus]:
        return jsonify(error="not_found", error_description="There is no such draft."), HTTPStatus.NOT_FOUND

    def changed(error: ChangedMeanwhileError) -> tuple[Response, HTTPStatus]:
        description = "The draft was changed meanwhile: this is what it has become."
        body = {"error": "changed_meanwhile", "error_description": description, "draft": _shown(error.now)}
        return jsonify(body), HTTPStatus.PRECONDITION_FAILED

    def too_many(_error: TooManyError) -> tuple[Response, HTTPStatus]:
        return jsonify(error="too_many", error_description="Delete a draft to make room."), HTTPStatus.CONFLICT

    routes.register_error_handler(_RefusalError, refused)
    routes.register_error_handler(NotFoundError, not_found)
    routes.register_error_handler(ChangedMeanwhileError, changed)
    routes.register_error_handler(TooManyError, too_many)


def _checked(**more: str) -> DraftForm:
    """Return what was sent, checked by the rules of the page's form."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not all(isinstance(sent.get(name, ""), str) for name in _FIELDS):
        raise _RefusalError(
            HTTPStatus.BAD_REQUEST, "invalid_request", "Send a JSON object of texts.", fields=list(_FIELDS)
        )
    form = DraftForm(MultiDict({name: sent.get(name, "") for name in _FIELDS} | more), meta={"csrf": False})
    if not form.validate():
        errors = {name: " ".join(map(str, texts)) for name, texts in form.errors.items()}
        raise _RefusalError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_draft", "Some fields can't be taken.", errors=errors
        )
    return form


def _version() -> int:
    """Return the version that the caller has before them."""
    text = request.headers.get("If-Match", "")
    if not text:
        raise _RefusalError(
            HTTPStatus.PRECONDITION_REQUIRED, "precondition_required", "Send the draft's ETag as If-Match."
        )
    number = text.strip().strip('"')
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0  # noqa: PLR2004 - fits


def _shown(draft: Draft) -> dict[str, Any]:
    names = ("id", "reference", *_FIELDS, "version", "created_at", "updated_at")
    return {name: getattr(draft, name) for name in names}


def _answer(draft: Draft, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = jsonify(_shown(draft))
    response.status_code = status
    response.headers["ETag"] = f'"{draft.version}"'
    return response
