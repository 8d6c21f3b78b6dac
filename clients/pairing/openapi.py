"""The API's description (OpenAPI 3.1), computed from the words that the API itself checks against."""

from typing import Any

from clients.pairing.kinds import CONTRIBUTIONS, OLDEST, REPORTS

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_OFFICE = {"customer_id": {"type": "string", "pattern": "^[0-9]{5,6}$"}, "name": _TEXT}


def document(base_url: str) -> dict[str, Any]:
    """Return the description for an installation at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pairing",
            "version": "1",
            "description": "Which offices and member states a person is paired with, and the documents that they may see there. Calls"
            f" bring a person’s access token (RFC 9068) with the scope `pairing:read`, asked for with `resource={base_url}/api` (RFC 8707).",
        },
        "servers": [{"url": f"{base_url}/api"}],
        "security": [{"token": ["pairing:read"]}],
        "paths": {
            "/pairings": _path("Pairings", "What the person is paired with.", "pairings", "Pairing", []),
            "/distribution-reports": _path(
                "Distribution reports",
                "Those of the person’s offices, the newest first.",
                "reports",
                "Document",
                [
                    _query("type", {"enum": list(REPORTS)}),
                    _query("month", _range(1, 12)),
                    _query("year", _range(OLDEST, 9999)),
                ],
            ),
            "/annual-contributions": _path(
                "Annual contributions",
                "Invoices, statements and the like of the person’s member states, the newest first.",
                "contributions",
                "Document",
                [_query("kind", {"enum": list(CONTRIBUTIONS)}), _query("year", _range(OLDEST, 9999))],
            ),
            "/widgets/distribution-reports": _path(
                "Card of distribution reports",
                "The same for the portal’s widget.",
                "",
                "Card",
                [
                    _query("type", {"enum": list(REPORTS)}),
                    _query("month", _range(1, 12)),
                    _query("year", _range(OLDEST, 9999)),
                ],
            ),
            "/widgets/annual-contributions": _path(
                "Card of annual contributions",
                "The same for the portal’s widget.",
                "",
                "Card",
                [_query("kind", {"enum": list(CONTRIBUTIONS)}), _query("year", _range(OLDEST, 9999))],
            ),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": _schemas(),
        },
    }


def _schemas() -> dict[str, Any]:
    return {
        "Pairing": {
            "type": "object",
            "properties": {"kind": {"enum": ["office", "state"]}, **_OFFICE, "paired_at": _NUMBER},
        },
        "Document": {
            "type": "object",
            "properties": {
                "id": _TEXT,
                "title": _TEXT,
                "type": {"enum": [*REPORTS, *CONTRIBUTIONS]},
                "year": _NUMBER,
                "month": {"type": ["integer", "null"]},
                "size": {"type": "integer", "description": "bytes"},
                "office": {"type": "object", "properties": _OFFICE},
                "url": {"type": "string", "format": "uri", "description": "for the person’s browser"},
            },
        },
        "Card": {
            "type": "object",
            "description": "What the portal draws; its API describes it.",
            "properties": {
                "note": _TEXT,
                "blocks": {"type": "array", "items": {"type": "object"}},
                "actions": {"type": "array", "items": {"type": "object"}},
            },
        },
        "Error": {"type": "object", "properties": {"error": _TEXT, "error_description": _TEXT}},
    }


def _path(summary: str, about: str, name: str, schema: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    listed = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    links = {"paired": {"type": "boolean"}, "pair_url": _TEXT, "page_url": _TEXT} if parameters else {}
    body = {"type": "object", "properties": {**links, name: listed}} if name else listed["items"]
    errors = {
        "400": "A parameter, or the Authorization header, can't be understood.",
        "401": "No token, or one that isn't good here (RFC 6750).",
        "403": "A token without the scope (RFC 6750).",
        "503": "The token can't be checked right now.",
    }
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answers = {status: {"description": text, "content": refusal} for status, text in errors.items()}
    found = {"description": "Found.", "content": {"application/json": {"schema": body}}}
    return {
        "get": {
            "summary": summary,
            "description": about,
            "parameters": parameters,
            "responses": {"200": found, **answers},
        }
    }


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _range(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}
