"""The OpenAPI 3.1 document of the API. Schemas come from the models that check what is sent, so that it can't say anything else."""

from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from clients.dashboard.messages.wire import MOST_AT_ONCE, Batch, NewMessage

_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The call isn't well formed.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or it isn't valid here; `WWW-Authenticate` says which (RFC 6750).",
    HTTPStatus.FORBIDDEN: "The token lacks the scope, or it speaks for a person and not for a service.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The call has too many bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "It isn't JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some fields can't be taken: `errors` has a sentence for each. Nothing was stored.",
    HTTPStatus.TOO_MANY_REQUESTS: "More than one service may post in a minute; `Retry-After` says when to come back.",
}


def describe(*, audience: str, scope: str, issuer: str, portal: str) -> dict[str, Any]:
    """Return the document. `audience` is the API's address, which tokens are made for."""
    _, schemas = models_json_schema(
        [(NewMessage, "validation"), (Batch, "validation")], ref_template="#/components/schemas/{model}"
    )
    made = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    many = {"type": "object", "required": ["messages"], "properties": {"messages": {"type": "array", "items": made}}}
    problem = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "string"},
            "error_description": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }
    responses: dict[str, Any] = {
        str(int(status)): {"description": text, "content": _json({"$ref": "#/components/schemas/Problem"})}
        for status, text in _PROBLEMS.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{portal}: messages",
            "version": "1",
            "description": f"Services write to people; the inbox shows what they wrote. A token is made for {audience}.",
        },
        "servers": [{"url": audience}],
        "security": [{"service": [scope]}],
        "paths": {
            "/messages": {
                "post": {
                    "operationId": "postMessages",
                    "summary": "Post a message, or several",
                    "description": f"One message, or up to {MOST_AT_ONCE:,} of them, all or none. Who they are from is what the token says.",
                    "parameters": [
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": False,
                            "description": "A name of your own for this call. The same call sent again within a week posts once and gets the same answer.",
                            "schema": {"type": "string", "maxLength": 255},
                        }
                    ],
                    "requestBody": {
                        "required": True,
                        "content": _json(
                            {
                                "oneOf": [
                                    {"$ref": "#/components/schemas/NewMessage"},
                                    {"$ref": "#/components/schemas/Batch"},
                                ]
                            }
                        ),
                    },
                    "responses": {
                        "201": {
                            "description": "Stored; the ids are in the order of the messages.",
                            "content": _json({"oneOf": [made, many]}),
                        },
                        **responses,
                    },
                }
            }
        },
        "components": {
            "schemas": {**schemas["$defs"], "Problem": problem},
            "securitySchemes": {
                "service": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {"tokenUrl": f"{issuer}/token", "scopes": {scope: "Post messages."}}
                    },
                }
            },
        },
    }


def example(document: dict[str, Any]) -> str:
    """Return how a call looks."""
    lines = ("Authorization: Bearer …", "Content-Type: application/json", "Idempotency-Key: …")
    body = '{"sub": "…", "subject": "…", "body": "…"}'
    return "\n".join([f"POST {document['servers'][0]['url']}/messages", *lines, "", body])


def fields(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a message for the readable page: name, whether it has to be there, what it is, how long it may be."""
    schema = document["components"]["schemas"]["NewMessage"]
    found = []
    for name, about in schema["properties"].items():
        kinds = [one for one in (about, *about.get("anyOf", ())) if one.get("type") != "null"]
        found.append(
            {
                "name": name,
                "required": name in schema["required"],
                "description": about.get("description", ""),
                "longest": next((one["maxLength"] for one in kinds if "maxLength" in one), None),
                "values": about.get("enum", ()),
            }
        )
    return found


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
