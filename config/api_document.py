"""Parts of an OpenAPI 3.1 document that every API of the provider and of the services has: what refuses a call, references, bodies."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The call isn't well formed.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or it isn't valid here; `WWW-Authenticate` says which (RFC 6750).",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or it speaks for a person and not for a service.",
}
"""What any call may be answered."""
PROBLEMS_OF_BODIES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The call has too many bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It isn't JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields can't be taken: `errors` has a sentence for each. Nothing was stored.",
}
"""What a call that sends something may be answered too."""
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
"""The schema of every refusal, named `Problem`."""


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a body of JSON; `example` may be among `more`."""
    return {"application/json": {"schema": schema, **more}}


def responses(good: Mapping[HTTPStatus, Mapping[str, Any]], problems: Mapping[HTTPStatus, str]) -> dict[str, Any]:
    """Return all answers of a call, in the order of their numbers."""
    refused = {status: {"description": text, "content": content(ref("Problem"))} for status, text in problems.items()}
    return {str(int(status)): answer for status, answer in sorted({**refused, **good}.items())}
