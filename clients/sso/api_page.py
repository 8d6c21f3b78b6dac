"""A readable page of an OpenAPI 3.1 document: the same facts, in the order in which somebody reads them who writes the first call.

Pure functions over the document, and one that renders. Knows no service: what the page says is what the document says.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask import render_template
from flask_babel import format_decimal
from markupsafe import Markup

from clients.sso import openapi
from clients.sso.openapi import Document, Schema

_METHODS = ("get", "post", "put", "patch", "delete")


class Field(NamedTuple):
    """A field of a body, or a parameter; `where` is empty, or `query`, `path`, `header`. `kind` is a JSON type, a format or a schema's name."""

    name: str
    required: bool
    description: str
    kind: str
    where: str = ""
    longest: int | None = None
    entries: int | None = None
    least: float | None = None
    most: float | None = None
    values: Sequence[object] = ()


class Shape(NamedTuple):
    """An object that is sent or comes back."""

    name: str
    description: str
    fields: Sequence[Field]


class Answer(NamedTuple):
    """What a call may be answered with."""

    status: str
    description: str


class Operation(NamedTuple):
    """One call: `request` and `response` are how it looks on the wire."""

    id: str
    method: str
    path: str
    part: str
    summary: str
    description: str
    scopes: Sequence[str]
    parameters: Sequence[Field]
    shapes: Sequence[Shape]
    request: str
    response: str
    answers: Sequence[Answer]


def page(document: Document, address: str) -> str:
    """Render the page; `address` is where the document itself is."""
    return render_template(
        "sso/api.html",
        document=document,
        address=address,
        operations=list(operations(document)),
        token_urls=token_urls(document),
        marked=marked,
        number=format_decimal,
    )


def operations(document: Document) -> Iterator[Operation]:
    """Yield the calls in the document's order."""
    for path, item in document["paths"].items():
        for method, about in item.items():
            if method in _METHODS:
                yield _operation(document, path, method, about)


def token_urls(document: Document) -> list[str]:
    """Return where tokens come from, as far as the document says so."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    return [flow["tokenUrl"] for scheme in schemes for flow in scheme.get("flows", {}).values() if "tokenUrl" in flow]


def marked(text: str) -> Markup:
    """Return a description with what stands in backticks as code."""
    words = (Markup("{}"), Markup("<code>{}</code>"))
    parts = [words[at % 2].format(part) for at, part in enumerate(text.split("`"))]
    return Markup("").join(parts)


def _operation(document: Document, path: str, method: str, about: Schema) -> Operation:
    body = _json(about.get("requestBody", {}))
    security = about.get("security", document.get("security", ()))
    good: Schema = next((one for status, one in about["responses"].items() if status.startswith("2")), {})
    answered = _json(good)
    return Operation(
        id=about.get("operationId") or f"{method}{path.replace('/', '-').replace('{', '').replace('}', '')}",
        method=method.upper(),
        path=path,
        part=next(iter(about.get("tags", ())), ""),
        summary=about.get("summary", ""),
        description=about.get("description", ""),
        scopes=[scope for needs in security for scopes in needs.values() for scope in scopes],
        parameters=[
            _field(document, one["name"], one, one["schema"], where=one["in"]) for one in about.get("parameters", ())
        ],
        shapes=[*_shapes(document, body.get("schema", {}))],
        request=_request(document, path, method, about, body),
        response=_dumped(_content(document, answered)) if answered else "",
        answers=[Answer(status, one.get("description", "")) for status, one in about["responses"].items()],
    )


def _shapes(document: Document, schema: Schema) -> Iterator[Shape]:
    """Yield what may be sent: the alternatives of `oneOf`, each with its fields."""
    for one in schema.get("oneOf", [schema] if schema else []):
        found = openapi.resolved(document, one)
        required = found.get("required", ())
        fields = [
            _field(document, name, {"required": name in required, **_plain(about)}, about)
            for name, about in found.get("properties", {}).items()
        ]
        name = openapi.name_of(one) or found.get("title", "")
        yield Shape(name, found.get("description", ""), fields)


def _plain(about: Schema) -> dict[str, Any]:
    return {"description": about.get("description", "")}


def _field(document: Document, name: str, about: Schema, schema: Schema, *, where: str = "") -> Field:
    kind = openapi.kind_of(schema)
    found = openapi.resolved(document, kind)
    of_entries = openapi.kind_of(kind.get("items", {}))
    text = about.get("description") or schema.get("description") or found.get("description", "")
    return Field(
        name=name,
        required=bool(about.get("required")),
        description=text,
        kind=openapi.name_of(of_entries) or openapi.name_of(kind) or found.get("format") or openapi.type_of(found),
        where=where,
        longest=kind.get("maxLength"),
        entries=kind.get("maxItems"),
        least=kind.get("minimum"),
        most=kind.get("maximum"),
        values=found.get("enum") or ((found["const"],) if "const" in found else ()),
    )


def _json(holder: Schema) -> Schema:
    found: Schema = holder.get("content", {}).get("application/json", {})
    return found


def _request(document: Document, path: str, method: str, about: Schema, body: Schema) -> str:
    lines = [f"{method.upper()} {document['servers'][0]['url']}{path}", "Authorization: Bearer …"]
    lines += [f"{one['name']}: …" for one in about.get("parameters", ()) if one["in"] == "header"]
    if body:
        lines += ["Content-Type: application/json", "", _dumped(_content(document, body))]
    return "\n".join(lines)


def _content(document: Document, body: Schema) -> object:
    return body["example"] if "example" in body else openapi.sample(document, body["schema"])


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
