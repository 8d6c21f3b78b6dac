"""Parts of an OpenAPI 3.1 document that every API of the services has, beside those of `config.api_document`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config.api_document import PROBLEMS, PROBLEMS_OF_BODIES, content, ref, responses

_PROBLEMS = {
    **PROBLEMS,
    **PROBLEMS_OF_BODIES,
    HTTPStatus.TOO_MANY_REQUESTS: "More than one service may post in a minute; `Retry-After` says when to come back.",
}
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


def sent(*names: str, example: object) -> dict[str, Any]:
    """Return a call's body, of one of these schemas."""
    schema = ref(names[0]) if len(names) == 1 else {"oneOf": [ref(name) for name in names]}
    return {"required": True, "content": content(schema, example=example)}


def answers(
    status: HTTPStatus, text: str, schema: Mapping[str, Any], others: Mapping[HTTPStatus, str] | None = None
) -> dict[str, Any]:
    """Return the answers of a call: the good one, those of every call, and `others` that say no."""
    return responses({status: {"description": text, "content": content(schema)}}, {**_PROBLEMS, **(others or {})})


def without_body(described: dict[str, Any]) -> dict[str, Any]:
    """Return answers of a call whose good one has no body."""
    described[str(int(HTTPStatus.NO_CONTENT))].pop("content")
    return described
