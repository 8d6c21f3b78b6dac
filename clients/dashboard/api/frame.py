"""The API's own addresses: the document of all parts, for programs and for people, and an answer for addresses that are nobody's."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from clients.dashboard.api.answers import LARGEST_BODY, RefusalError
from clients.dashboard.api.document import compose
from clients.dashboard.api.parts import PATH, Part, blueprint
from clients.sso import api_page
from config.settings import RelyingPartySettings

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


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

    @routes.route("/<path:_path>", methods=_METHODS)
    def nothing(_path: str) -> Response:
        if allowed := _allowed():
            raise MethodNotAllowed(allowed, f"Here is only {', '.join(allowed)}: see {PATH}/openapi.json.")
        raise RefusalError(HTTPStatus.NOT_FOUND, "not_found", f"There is nothing here: see {PATH}/openapi.json.")

    return [*(part.routes for part in parts), routes]


def largest_body() -> int | None:
    """Return how large a call may be, None for everything that isn't one."""
    return LARGEST_BODY if request.path.startswith(f"{PATH}/") else None


def _allowed() -> list[str]:
    """Return the methods with which this address is somebody's."""
    found = []
    for method in _METHODS:
        try:
            endpoint, _values = current_app.create_url_adapter(request).match(method=method)  # type: ignore[union-attr]
        except HTTPException:
            continue
        if endpoint != request.endpoint:
            found.append(method)
    return found
