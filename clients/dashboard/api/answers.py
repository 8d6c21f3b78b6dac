"""What the APIs say when they refuse: one shape, `error`, `error_description` and for fields `errors` (as RFC 6749 section 5.2 names them)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException, MethodNotAllowed

LARGEST_BODY = 4 * 1024 * 1024
_MOST_ERRORS = 20


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


def other_content() -> RefusalError:
    """Return the refusal of a key that came with something else before."""
    text = "This Idempotency-Key came with something else before: use a new one for a new call."
    return RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", text)


def too_many(seconds: int) -> RefusalError:
    """Return the refusal of a service that posts more than it may; it may come back after `seconds`."""
    text = "Nothing was stored: that is more than one service may post in a minute. Send it again later."
    return RefusalError(HTTPStatus.TOO_MANY_REQUESTS, "too_many", text, headers={"Retry-After": str(seconds)})


def write_errors(routes: Blueprint) -> None:
    """Let every refusal and every HTTP error of these routes be JSON."""

    def refused(error: RefusalError) -> Response:
        response = jsonify(error.body)
        response.status_code = error.status
        response.headers.update(error.headers)
        return response

    def http(error: HTTPException) -> Response:
        status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        text = str(error.description)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            text = f"Nothing was stored: a call has at most {LARGEST_BODY:,} bytes. Send less at a time."
        response = jsonify(error="invalid_request", error_description=text)
        response.status_code = status
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(error.valid_methods or ())
        return response

    routes.register_error_handler(RefusalError, refused)
    routes.register_error_handler(HTTPException, http)
