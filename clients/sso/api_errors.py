"""Errors of APIs: one shape, `error`, `error_description` and for fields `errors` (as RFC 6749 section 5.2 names them).

`errors` writes them: a refusal wherever it is raised, and whatever else goes wrong at an address of an API.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NoReturn

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

PATH = "/api"
"""Under which every relying party has its API, if it has one; with its address before it, the audience of tokens."""
RETRY_SECONDS = 60
"""Until a service may post more; what is counted is a minute."""
_MOST_ERRORS = 20
_CODES = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many",
    HTTPStatus.INTERNAL_SERVER_ERROR: "server_error",
    HTTPStatus.SERVICE_UNAVAILABLE: "temporarily_unavailable",
}


class RefusalError(Exception):
    """An answer that ends the call: status, error, what to do."""

    def __init__(
        self,
        status: HTTPStatus,
        error: str,
        description: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.headers = headers or {}
        self.body = {"error": error, "error_description": description, **(more or {})}


def refuse_fields(error: str, errors: Sequence[tuple[str, str]]) -> NoReturn:
    """Refuse what was sent, with a sentence for each field; `error` names the kind of thing that it isn't."""
    shown = dict(errors[:_MOST_ERRORS])
    text = "Nothing was stored: correct these fields."
    if len(errors) > _MOST_ERRORS:
        text = f"Nothing was stored: {len(errors)} fields can't be taken. Correct these {_MOST_ERRORS} first."
    raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, error, text, more={"errors": shown})


def reused_key() -> RefusalError:
    """Return the refusal of an idempotency key that came with something else before (draft-ietf-httpapi-idempotency-key-header 2.7)."""
    text = "This Idempotency-Key came with something else before: use a new one for a new call."
    return RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", text)


def too_many() -> RefusalError:
    """Return the refusal of a service that posts more than it may."""
    text = "Nothing was stored: that is more than one service may post in a minute. Send it again later."
    return RefusalError(HTTPStatus.TOO_MANY_REQUESTS, "too_many", text, headers={"Retry-After": str(RETRY_SECONDS)})


def is_api() -> bool:
    """Tell whether this request is for an API, whose every answer is JSON."""
    return request.path.startswith(f"{PATH}/")


def write_refusal(error: RefusalError) -> Response:
    """Return the answer."""
    return problem(error.status, error.body, error.headers)


def write_http_error(error: HTTPException) -> Response:
    """Return the answer of an API to what Werkzeug or Flask refuses, with the headers that belong to it."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    text = str(error.description)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    if isinstance(error, MethodNotAllowed):
        text = f"Here is only {headers.get('Allow', 'another method')}: see {PATH}/openapi.json."
    elif status is HTTPStatus.NOT_FOUND:
        text = f"There is nothing here: see {PATH}/openapi.json."
    elif status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        text = f"Nothing was stored: a call has at most {request.max_content_length or 0:,} bytes. Send less at a time."
    return problem(status, {"error": _CODES.get(status, "invalid_request"), "error_description": text}, headers)


def problem(status: HTTPStatus, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as JSON."""
    response = jsonify(body)
    response.status_code = status
    response.headers.update(headers or {})
    return response
