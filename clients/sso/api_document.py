"""Parts of an OpenAPI 3.1 document that every API has: what refuses a call, headers, bodies. What refuses a call is described here and nowhere else."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The call isn't well formed.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or it isn't valid here; `WWW-Authenticate` says which (RFC 6750).",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or it speaks for a person and not for a service.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The call has too many bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It isn't JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields can't be taken: `errors` has a sentence for each. Nothing was stored.",
    HTTPStatus.TOO_MANY_REQUESTS: "More than one service may post in a minute; `Retry-After` says when to come back.",
}
PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
"""The schema of every refusal."""
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A name of your own for this call. The same call sent again within a week is done once and gets the same answer.",
    "schema": {"type": "string", "maxLength": 255},
}
"""The parameter of calls that may be repeated."""


def schemas_of(*models: type[BaseModel]) -> dict[str, Any]:
    """Return the schemas of the models that check what is sent, by name."""
    _, found = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a body of JSON; `example` may be among `more`."""
    return {"application/json": {"schema": schema, **more}}


def sent(*names: str, example: object) -> dict[str, Any]:
    """Return a call's body, of one of these schemas."""
    schema = ref(names[0]) if len(names) == 1 else {"oneOf": [ref(name) for name in names]}
    return {"required": True, "content": content(schema, example=example)}


def answers(
    status: HTTPStatus, text: str, schema: Mapping[str, Any], others: Mapping[HTTPStatus, str] | None = None
) -> dict[str, Any]:
    """Return the answers of a call: the good one, those of every call, and `others` that say no."""
    problems = {**_PROBLEMS, **(others or {})}
    return {
        str(int(status)): {"description": text, "content": content(schema)},
        **{
            str(int(one)): {"description": problems[one], "content": content(ref("Problem"))}
            for one in sorted(problems)
        },
    }


def without_body(responses: dict[str, Any]) -> dict[str, Any]:
    """Return answers of a call whose good one has no body."""
    responses[str(int(HTTPStatus.NO_CONTENT))].pop("content")
    return responses
