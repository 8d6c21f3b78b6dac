"""Reads an OpenAPI 3.1 document: follows references, says what kind a value is, and makes one up for an example. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]
Schema = Mapping[str, Any]
_TEXTS = {"date": "2030-01-31", "date-time": "2030-01-31T12:00:00Z", "uri": "https://…"}
_DEEPEST = 6
"""Levels of a sample: a schema that holds itself has no end."""


def resolved(document: Document, schema: Schema) -> Schema:
    """Return the schema itself, also of a reference."""
    if "$ref" not in schema:
        return schema
    found: Schema = document["components"]["schemas"][name_of(schema)]
    return found


def name_of(schema: Schema) -> str:
    """Return the name that a reference leads to, empty when it is none."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def kind_of(schema: Schema) -> Schema:
    """Return the schema of a value that may be null as if it couldn't be."""
    kinds: Sequence[Schema] = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **kinds[0]} if kinds else schema


def type_of(schema: Schema) -> str:
    """Return the JSON type of a value."""
    kind = schema.get("type", "string" if "enum" in schema else "")
    return next(one for one in kind if one != "null") if isinstance(kind, list) else kind


def sample(document: Document, schema: Schema, depth: int = 0) -> object:
    """Return a value that a schema describes: its example, or its fields with something in each."""
    schema = kind_of(resolved(document, schema))
    if "$ref" in schema or "oneOf" in schema:
        inner = schema["oneOf"][0] if "oneOf" in schema else schema
        return sample(document, inner, depth + 1) if depth < _DEEPEST else {}
    given = [schema[name] for name in ("example", "const", "default") if name in schema]
    given += [schema[name][0] for name in ("examples", "enum") if schema.get(name)]
    return given[0] if given else _made_up(document, schema, depth)


def _made_up(document: Document, schema: Schema, depth: int) -> object:
    match type_of(schema):
        case "object":
            properties = schema.get("properties", {}) if depth < _DEEPEST else {}
            return {name: sample(document, about, depth + 1) for name, about in properties.items()}
        case "array":
            return [sample(document, schema.get("items", {}), depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return _TEXTS.get(schema.get("format", ""), "…")
