"""Input of APIs: a JSON object, checked by a pydantic model, with a sentence for each field that can't be taken; and an idempotency key."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from clients.sso.api_errors import RefusalError, refuse_fields
from config.parsing import json_value

_LONGEST_KEY = 255
_SENTENCES = {
    "missing": "It is missing.",
    "extra_forbidden": "There is no such field.",
    "string_type": "Send a text.",
    "timezone_aware": "Name the time zone, for example 2030-01-31T12:00:00Z.",
}

Model = TypeVar("Model", bound=BaseModel)


def idempotency_key() -> str:
    """Return the caller's own name for this call (draft-ietf-httpapi-idempotency-key-header), empty when it has none."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        text = f"Idempotency-Key has at most {_LONGEST_KEY} printable characters of ASCII."
        raise RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", text)
    return key


def body() -> tuple[bytes, dict[str, Any]]:
    """Return what was sent, as it came and as a JSON object; nothing of it is checked yet."""
    if not request.is_json:
        text = "Send JSON, with Content-Type: application/json."
        raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "invalid_request", text)
    sent = request.get_data()
    try:
        value = json_value(sent)
    except ValueError as error:
        text = f"Send one JSON object in UTF-8 (RFC 8259): {str(error)[:100]}."
        raise RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", text) from error
    if not isinstance(value, dict):
        raise RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", "Send one JSON object in UTF-8.")
    return sent, value


def checked(model: type[Model], sent: bytes, *, error: str) -> Model:
    """Return what was sent as the model has it; refuses with `error` and the fields."""
    try:
        return model.model_validate_json(sent)
    except ValidationError as problem:
        problems = problem.errors(include_url=False, include_input=False)
        refuse_fields(error, [(".".join(str(part) for part in one["loc"]), sentence(one)) for one in problems])


def at_entries(name: str, errors: Sequence[tuple[int, str, str]], *, single: bool) -> list[tuple[str, str]]:
    """Return errors of the entries of a list (number, field, sentence) by the fields' names in the body."""
    return [(field if single else f"{name}.{at}.{field}", why) for at, field, why in errors]


def sentence(problem: Any) -> str:  # noqa: ANN401 - one of pydantic's errors
    """Return what to do about an error."""
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
