"""The OpenAPI 3.1 document of all parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from clients.dashboard.api.parts import Part
from config.api_document import PROBLEM


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
            "schemas": {name: about for part in parts for name, about in part.schemas.items()} | {"Problem": PROBLEM},
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
