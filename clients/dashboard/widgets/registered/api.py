"""The API by which services register widgets. Whose a widget is, is what the token says (RFC 6750, RFC 9068)."""

from http import HTTPStatus

from flask import Response, jsonify

from clients.dashboard.api import parts
from clients.dashboard.widgets.contract import Manifest
from clients.dashboard.widgets.registered import document
from clients.dashboard.widgets.registered.service import Registered, UnacceptableError
from clients.dashboard.widgets.registered.wire import NewWidget, check_id
from clients.sso import api_input
from clients.sso.api_errors import RefusalError, refuse_fields
from clients.sso.resource_server import ResourceServer, caller

SCOPE = "widgets:write"
_WRONG = "invalid_widget"


def part(registered: Registered, guard: ResourceServer) -> parts.Part:
    """Return the API's part about widgets."""
    routes = parts.blueprint("widgets_api", __name__)

    @routes.get("/widgets")
    @guard.requires(SCOPE, own=True)
    def list_widgets() -> Response:
        return jsonify(widgets=[_shown(one) for one in registered.of(caller().client_id)])

    @routes.put("/widgets/<id>")
    @guard.requires(SCOPE, own=True)
    def put_widget(id: str) -> Response:  # noqa: A002 - its name in the document
        sent, _value = api_input.body()
        try:
            check_id(id)
        except ValueError as error:
            refuse_fields(_WRONG, [("id", str(error))])
        widget = api_input.checked(NewWidget, sent, error=_WRONG)
        try:
            return jsonify(_shown(registered.put(caller().client_id, id, widget)))
        except UnacceptableError as error:
            refuse_fields(_WRONG, error.errors)

    @routes.delete("/widgets/<id>")
    @guard.requires(SCOPE, own=True)
    def delete_widget(id: str) -> tuple[str, HTTPStatus]:  # noqa: A002
        if not (id.isprintable() and registered.remove(caller().client_id, id)):
            raise RefusalError(HTTPStatus.NOT_FOUND, "not_found", "You have no widget of that id.")
        return "", HTTPStatus.NO_CONTENT

    return parts.Part(
        name="Widgets",
        about=document.ABOUT,
        routes=routes,
        scopes={SCOPE: "Register widgets, change and delete them."},
        paths=document.paths(),
        schemas=document.schemas(),
    )


def _shown(manifest: Manifest) -> dict[str, object]:
    return manifest.model_dump(mode="json")
