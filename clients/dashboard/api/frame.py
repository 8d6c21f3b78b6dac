"""The API's own addresses: the document of all parts, for programs and for people."""

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify

from clients.dashboard.api.document import compose
from clients.dashboard.api.parts import Part, blueprint
from clients.sso import api_page
from clients.sso.api_errors import PATH, is_api
from config.settings import RelyingPartySettings

LARGEST_BODY = 4 * 1024 * 1024


def blueprints(parts: Sequence[Part], settings: RelyingPartySettings) -> list[Blueprint]:
    """Return the routes of all parts and the frame's."""
    routes = blueprint("api", __name__)
    described = compose(
        parts, audience=f"{settings.base_url}{PATH}", issuer=settings.issuer, portal=settings.brand.portal
    )

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(described)

    @routes.get("/")
    def readable() -> str:
        return api_page.page(described, f"{PATH}/openapi.json")

    return [*(part.routes for part in parts), routes]


def largest_body() -> int | None:
    """Return how large a call may be, None for everything that isn't one."""
    return LARGEST_BODY if is_api() else None
