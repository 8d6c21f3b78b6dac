"""The OpenAPI 3.1 document of the APIs that the provider has for services; each API brings its paths and schemas. `/api/openapi.json`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from config.api_document import PROBLEM, PROBLEMS, PROBLEMS_OF_BODIES, responses

PATH = "/api/openapi.json"
_PROBLEMS = {
    **PROBLEMS,
    HTTPStatus.SERVICE_UNAVAILABLE: "The database can't be reached; `Retry-After` says when to come back.",
}
_PROBLEM = {**PROBLEM, "properties": {**PROBLEM["properties"], "reason": {"type": "string"}}}


def answers(
    good: Mapping[HTTPStatus, Mapping[str, Any]], others: Mapping[HTTPStatus, str], *, body: bool
) -> dict[str, Any]:
    """Return a call's answers: the good ones, those of every call, of those with a `body`, and `others` that say no."""
    return responses(good, {**_PROBLEMS, **(PROBLEMS_OF_BODIES if body else {}), **others})


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
