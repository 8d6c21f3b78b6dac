"""The API by which services post messages. Who a message is from is what the token says, whatever the call says (RFC 6750, RFC 9068).

`Idempotency-Key` makes a repeated call one call; a batch is stored as a whole or not at all.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Blueprint, Response, jsonify, render_template, request
from pydantic import ValidationError
from pydantic_core import from_json
from werkzeug.exceptions import HTTPException

from clients.dashboard.messages import document
from clients.dashboard.messages.posting import OtherContentError, Posting, TooManyError, UnacceptableError
from clients.dashboard.messages.wire import Batch, NewMessage
from clients.sso.resource_server import ResourceServer, caller
from config.settings import RelyingPartySettings

PATH = "/api"
POST_PATH = f"{PATH}/messages"
SCOPE = "messages:write"
LARGEST_BODY = 4 * 1024 * 1024
_LONGEST_KEY = 255
_MOST_ERRORS = 20
_RETRY_SECONDS = 60
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_SENTENCES = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such field.",
    "string_type": "Send a text.",
    "string_pattern_mismatch": "Send the `sub` of an account: up to 255 characters of ASCII without spaces.",
    "timezone_aware": "Name the time zone, for example 2030-01-31T12:00:00Z.",
}


class _RefusalError(Exception):
    """An answer that ends the call: status, error, what to do."""

    def __init__(self, status: HTTPStatus, error: str, description: str, **more: object) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description, **more}


def blueprint(posting: Posting, guard: ResourceServer, settings: RelyingPartySettings) -> Blueprint:
    """Return the routes under `/api`."""
    routes = Blueprint("messages_api", __name__, url_prefix=PATH, template_folder="templates")
    described = document.describe(
        audience=f"{settings.base_url}{PATH}", scope=SCOPE, issuer=settings.issuer, portal=settings.brand.portal
    )

    @routes.post("/messages")
    @guard.requires(SCOPE, own=True)
    def post_messages() -> tuple[Response, HTTPStatus]:
        key, sent = _key(), request.get_data()
        messages, single = _read(sent)
        try:
            ids = posting.post(caller().client_id, messages, key=key, sent=sent)
        except UnacceptableError as error:
            _refuse_fields([(field if single else f"messages.{at}.{field}", why) for at, field, why in error.errors])
        made: list[dict[str, str]] = [{"id": one} for one in ids]
        return jsonify(made[0] if single else {"messages": made}), HTTPStatus.CREATED

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(described)

    @routes.get("/")
    def readable() -> str:
        return render_template(
            "messages/api.html",
            document=described,
            fields=document.fields(described),
            example=document.example(described),
        )

    @routes.route("/<path:_path>", methods=_METHODS)
    def nothing(_path: str) -> Response:
        raise _RefusalError(HTTPStatus.NOT_FOUND, "not_found", f"There is nothing here: see {PATH}/openapi.json.")

    _write_errors(routes)
    return routes


def largest_body() -> int | None:
    """Return how large a call may be that posts messages, None for everything else."""
    return LARGEST_BODY if request.path == POST_PATH else None


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > _LONGEST_KEY or not key.isascii():
        text = f"Idempotency-Key has at most {_LONGEST_KEY} characters of ASCII."
        raise _RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", text)
    return key


def _read(sent: bytes) -> tuple[Sequence[NewMessage], bool]:
    """Return the messages in a body, and whether it was a single one."""
    if not request.is_json:
        text = "Send JSON, with Content-Type: application/json."
        raise _RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "invalid_request", text)
    try:
        value = from_json(sent)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        text = "Send one JSON object in UTF-8: a message, or an object with the list `messages`."
        raise _RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", text)
    try:
        if "messages" in value:
            return Batch.model_validate_json(sent).messages, False
        return [NewMessage.model_validate_json(sent)], True
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        _refuse_fields([(".".join(str(part) for part in one["loc"]), _sentence(one)) for one in problems])


def _sentence(problem: Any) -> str:  # noqa: ANN401 - one of pydantic's errors
    context = problem.get("ctx", {})
    match problem["type"]:
        case "value_error":
            return str(context["error"])
        case "string_too_long":
            return f"It has at most {context['max_length']:,} characters."
        case "too_long":
            return f"It has at most {context['max_length']:,} entries; send more in another call."
        case "too_short" | "string_too_short":
            return "It is empty."
        case "literal_error":
            return f"It is {context['expected']}."
        case other:
            return _SENTENCES.get(other, f"{problem['msg']}.")


def _refuse_fields(errors: Sequence[tuple[str, str]]) -> NoReturn:
    shown = dict(errors[:_MOST_ERRORS])
    text = "Nothing was stored: correct these fields."
    if len(errors) > _MOST_ERRORS:
        text = f"Nothing was stored: {len(errors)} fields can't be taken. Correct these {_MOST_ERRORS} first."
    raise _RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_message", text, errors=shown)


def _write_errors(routes: Blueprint) -> None:
    def refused(error: _RefusalError) -> tuple[Response, HTTPStatus]:
        return jsonify(error.body), error.status

    def other_content(_error: OtherContentError) -> tuple[Response, HTTPStatus]:
        text = "This Idempotency-Key came with something else before: use a new one for a new call."
        return jsonify(error="idempotency_key_reused", error_description=text), HTTPStatus.UNPROCESSABLE_ENTITY

    def too_many(_error: TooManyError) -> Response:
        text = "Nothing was stored: that is more than one service may post in a minute. Send it again later."
        response = jsonify(error="too_many", error_description=text)
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(_RETRY_SECONDS)
        return response

    def http(error: HTTPException) -> tuple[Response, int]:
        status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        text = str(error.description)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            text = f"Nothing was stored: a call has at most {LARGEST_BODY:,} bytes. Send fewer messages at a time."
        return jsonify(error="invalid_request", error_description=text), status

    routes.register_error_handler(_RefusalError, refused)
    routes.register_error_handler(OtherContentError, other_content)
    routes.register_error_handler(TooManyError, too_many)
    routes.register_error_handler(HTTPException, http)
