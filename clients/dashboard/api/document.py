"""The OpenAPI 3.1 document of all parts. What refuses a call is the frame's, so it is described here and nowhere else."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from clients.dashboard.api.parts import Part

_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The call isn't well formed.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or it isn't valid here; `WWW-Authenticate` says which (RFC 6750).",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or it speaks for a person and not for a service.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The call has too many bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It isn't JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields can't be taken: `errors` has a sentence for each. Nothing was stored.",
    HTTPStatus.TOO_MANY_REQUESTS: "More than one service may post in a minute; `Retry-After` says when to come back.",
}
_PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
    },
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


def compose(parts: Sequence[Part], *, audience: str, issuer: str, portal: str) -> dict[str, Any]:
    """Return the document. `audience` is the API's address, which tokens are made for."""
    scopes = {scope: text for part in parts for scope, text in part.scopes.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{portal}: API",
            "version": "1",
            "description": f"For services that have something to tell or to show to people in {portal}. A token is made for the audience"
            f" `{audience}` (RFC 8707) and speaks for the service itself.",
        },
        "servers": [{"url": audience}],
        "tags": [{"name": part.name, "description": part.about} for part in parts],
        "paths": {path: _with_tag(part, item) for part in parts for path, item in part.paths.items()},
        "components": {
            "schemas": {name: about for part in parts for name, about in part.schemas.items()} | {"Problem": _PROBLEM},
            "securitySchemes": {
                "service": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{issuer}/token", "scopes": scopes}},
                }
            },
        },
    }


def _with_tag(part: Part, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a path with its part's name, and its part's only scope unless a call names its own."""
    security = [{"service": list(part.scopes)[:1]}]
    return {method: {"tags": [part.name], "security": security, **call} for method, call in item.items()}
