"""The OpenAPI 3.1 document of the APIs that the provider has for services; each API brings its paths and schemas. `/api/openapi.json`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson

PATH = "/api/openapi.json"
_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The call isn't well formed.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or it isn't valid here; `WWW-Authenticate` says which (RFC 6750).",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or it speaks for a person and not for a service.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database can't be reached; `Retry-After` says when to come back.",
}
_OF_BODIES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The call has too many bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It isn't JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some of it can't be taken. Nothing was.",
}
_PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "error_description": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        "reason": {"type": "string"},
    },
}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a body of JSON; `example` may be among `more`."""
    return {"application/json": {"schema": schema, **more}}


def answers(
    good: Mapping[HTTPStatus, Mapping[str, Any]], others: Mapping[HTTPStatus, str], *, body: bool
) -> dict[str, Any]:
    """Return a call's answers: the good ones, those of every call, of those with a `body`, and `others` that say no."""
    problems = {**_PROBLEMS, **(_OF_BODIES if body else {}), **others}
    refused = {status: {"description": text, "content": content(ref("Problem"))} for status, text in problems.items()}
    return {str(int(status)): answer for status, answer in sorted({**good, **refused}.items())}


def compose(
    issuer: str, title: str, paths: Mapping[str, Any], schemas: Mapping[str, Any], scopes: Mapping[str, str]
) -> bytes:
    """Return the document as JSON."""
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title}: API",
            "version": "1",
            "description": f"For services. A token is made for the audience `{issuer}` (RFC 8707) and speaks for the service itself"
            " (RFC 6749 section 4.4).",
        },
        "servers": [{"url": issuer}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {
                "service": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{issuer}/token", "scopes": scopes}},
                }
            },
        },
    }
    return orjson.dumps(document)


def schemas_of(named: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return pydantic's schemas by name, with those that they refer to."""
    found: dict[str, Any] = {}
    for name, schema in named:
        found |= schema.get("$defs", {})
        found[name] = {key: value for key, value in schema.items() if key != "$defs"}
    return found
