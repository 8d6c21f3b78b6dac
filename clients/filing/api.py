"""Filing's API: the same drafts for apps, with an access token whose sign-in was strong. Refusals say what is needed (RFC 9470).

Changes name the version that they are based on, as the pages do (`ETag` and `If-Match`, RFC 9110 section 13.1.1); `Idempotency-Key`
makes a repeated creation one creation.
"""

import hashlib
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from clients.filing.forms import DraftForm
from clients.filing.models import Draft
from clients.filing.openapi import FIELDS, READ, WRITE, document
from clients.filing.service import (
    ChangedMeanwhileError,
    Drafts,
    NotFoundError,
    SubmissionConflictError,
    TooManyError,
)
from clients.sso import api_input, api_page
from clients.sso.api_errors import PATH, RefusalError, problem, refuse_fields, reused_key
from clients.sso.resource_server import ResourceServer, caller

LEVEL = "aal2"


def blueprint(drafts: Drafts, guard: ResourceServer, base_url: str, issuer: str) -> Blueprint:
    """Return the routes under `/api`."""
    routes = Blueprint("filing_api", __name__, url_prefix=PATH)
    described = document(base_url, issuer)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(described)

    @routes.get("/")
    def readable() -> str:
        return api_page.page(described, f"{PATH}/openapi.json")

    @routes.get("/drafts")
    @guard.requires(READ, acr=LEVEL)
    def list_drafts() -> Response:
        return jsonify(drafts=[_shown(draft) for draft in drafts.list(caller().sub)])

    @routes.post("/drafts")
    @guard.requires(WRITE, acr=LEVEL)
    def create_draft() -> Response:
        form = _checked()
        draft = drafts.create(caller().sub, form.content(), submission=_submission())
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
        version = _version(drafts.get(caller().sub, draft_id))
        return _answer(drafts.change(caller().sub, draft_id, _checked().content(), version=version))

    @routes.delete("/drafts/<draft_id>")
    @guard.requires(WRITE, acr=LEVEL)
    def delete_draft(draft_id: str) -> tuple[str, HTTPStatus]:
        version = _version(drafts.get(caller().sub, draft_id))
        drafts.delete(caller().sub, draft_id, version=version)
        return "", HTTPStatus.NO_CONTENT

    _write_errors(routes)
    return routes


def _write_errors(routes: Blueprint) -> None:
    def not_found(_error: NotFoundError) -> Response:
        return problem(HTTPStatus.NOT_FOUND, {"error": "not_found", "error_description": "There is no such draft."})

    def changed(error: ChangedMeanwhileError) -> Response:
        description = "The draft was changed meanwhile: this is what it has become."
        body = {"error": "changed_meanwhile", "error_description": description, "draft": _shown(error.now)}
        return problem(HTTPStatus.PRECONDITION_FAILED, body)

    def too_many(_error: TooManyError) -> Response:
        body = {"error": "too_many", "error_description": "Delete a draft to make room."}
        return problem(HTTPStatus.CONFLICT, body)

    def reused(_error: SubmissionConflictError) -> Response:
        refusal = reused_key()
        return problem(refusal.status, refusal.body)

    routes.register_error_handler(NotFoundError, not_found)
    routes.register_error_handler(ChangedMeanwhileError, changed)
    routes.register_error_handler(TooManyError, too_many)
    routes.register_error_handler(SubmissionConflictError, reused)


def _submission() -> str:
    """Return what the call is known by, empty without a key. Forms and calls are named apart, so that none can meet one of the other's."""
    key = api_input.idempotency_key()
    return f"api:{hashlib.sha256(key.encode()).hexdigest()[:48]}" if key else ""


def _checked() -> DraftForm:
    """Return what was sent, checked by the rules of the page's form."""
    _sent, value = api_input.body()
    if unknown := sorted(set(value) - set(FIELDS)):
        refuse_fields("invalid_draft", [(name[:40], "There is no such field.") for name in unknown])
    if wrong := [(name, "Send a text.") for name in FIELDS if not isinstance(value.get(name, ""), str)]:
        refuse_fields("invalid_draft", wrong)
    form = DraftForm(MultiDict({name: value.get(name, "") for name in FIELDS}), meta={"csrf": False})
    if not form.validate():
        refuse_fields("invalid_draft", [(name, " ".join(map(str, texts))) for name, texts in form.errors.items()])
    return form


def _version(draft: Draft) -> int | None:
    """Return the version that the caller has before them: the present one if it is among those that `If-Match` names, None for `*`.

    A version that isn't the present one is 0, which none is.
    """
    if not request.headers.get("If-Match", "").strip():
        raise RefusalError(
            HTTPStatus.PRECONDITION_REQUIRED, "precondition_required", "Send the draft's ETag as If-Match."
        )
    if request.if_match.star_tag:
        return None
    return draft.version if request.if_match.contains(str(draft.version)) else 0


def _shown(draft: Draft) -> dict[str, Any]:
    names = ("id", "reference", *FIELDS, "version", "created_at", "updated_at")
    return {name: getattr(draft, name) for name in names}


def _answer(draft: Draft, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = jsonify(_shown(draft))
    response.status_code = status
    response.headers["ETag"] = f'"{draft.version}"'
    return response
