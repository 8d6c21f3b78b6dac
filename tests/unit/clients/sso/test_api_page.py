"""An OpenAPI document is read as people need it: calls with their fields, limits, an example and the answers."""

from typing import Any

import pytest

from clients.sso import openapi
from clients.sso.api_page import Answer, Field, marked, operations, token_urls

DOCUMENT: dict[str, Any] = {
    "servers": [{"url": "https://x.example/api"}],
    "security": [{"token": ["things:read"]}],
    "paths": {
        "/things/{id}": {
            "post": {
                "operationId": "postThing",
                "tags": ["Things"],
                "summary": "Post a thing",
                "security": [{"token": ["things:write"]}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 5}},
                    {"name": "Key", "in": "header", "description": "A key.", "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Thing"}]}}}
                },
                "responses": {
                    "201": {
                        "description": "Made.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "400": {"description": "No."},
                },
            },
            "get": {"summary": "Get it", "responses": {"200": {"description": "Here."}}},
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 9, "description": "What it is called."},
                    "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
                    "state": {"enum": ["on", "off"]},
                    "number": {"type": "integer", "minimum": 3, "maximum": 5},
                    "parts": {"type": "array", "maxItems": 7, "items": {"$ref": "#/components/schemas/Thing"}},
                },
            }
        },
        "securitySchemes": {"token": {"flows": {"clientCredentials": {"tokenUrl": "https://id.example/token"}}}},
    },
}


def test_calls() -> None:
    post, get = operations(DOCUMENT)
    assert (get.id, get.method, get.scopes, get.request.splitlines()[0]) == (
        "get-things-id",
        "GET",
        ["things:read"],
        "GET https://x.example/api/things/{id}",
    )
    assert (post.id, post.part, post.scopes) == ("postThing", "Things", ["things:write"])
    assert post.parameters[0] == Field("id", required=True, description="", kind="string", where="path", longest=5)
    assert (post.parameters[1].where, post.parameters[1].description) == ("header", "A key.")
    assert post.answers == [Answer("201", "Made."), Answer("400", "No.")]
    assert "Key: …" in post.request
    assert '"name": "…"' in post.response


def test_fields() -> None:
    (shape,) = next(operations(DOCUMENT)).shapes
    fields = {one.name: one for one in shape.fields}
    assert shape.name == "Thing"
    assert (fields["name"].required, fields["name"].longest, fields["due"].required) == (True, 9, False)
    assert (fields["due"].kind, fields["state"].kind) == ("date", "string")
    assert fields["state"].values == ["on", "off"]
    assert (fields["number"].least, fields["number"].most) == (3, 5)
    assert (fields["parts"].kind, fields["parts"].entries) == ("Thing", 7)


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": "boolean"}, True),
        ({"type": "string", "format": "uri"}, "https://…"),
        ({"type": ["integer", "null"]}, 1),
        ({"type": "string", "examples": ["a", "b"]}, "a"),
        ({"anyOf": [{"type": "null"}, {"const": 7}]}, 7),
        ({}, "…"),
    ],
)
def test_examples(schema: dict[str, Any], made: object) -> None:
    assert openapi.sample(DOCUMENT, schema) == made


def test_a_schema_that_holds_itself_ends() -> None:
    thing = openapi.sample(DOCUMENT, {"$ref": "#/components/schemas/Thing"})
    assert isinstance(thing, dict)
    assert thing["parts"][0]["parts"][0]["name"] == "…"


def test_descriptions() -> None:
    assert marked("Send `a<b`, or <i>") == "Send <code>a&lt;b</code>, or &lt;i&gt;"
    assert token_urls(DOCUMENT) == ["https://id.example/token"]
