"""The API's OpenAPI document, as far as it is about widgets. Schemas come from the models that check what is sent."""

from http import HTTPStatus
from typing import Any

from clients.dashboard.widgets.contract import WIDGET_ID, Card
from clients.dashboard.widgets.registered.wire import NewWidget
from clients.sso.api_document import answers, schemas_of, sent, without_body
from config.api_document import ref

ABOUT = (
    "A widget is a manifest: what it is called, where its data come from, and which scopes that needs. It stands in everybody's side panel,"
    " under your service's name. Its `data_url` is called with the person's access token for your API and answers a `Card` as JSON within"
    " four seconds and 256 KiB; what the person chose in the card's choices comes as parameters. A call that needs a stronger sign-in"
    " answers as RFC 9470 has it, and the person is asked for it."
)
_EXAMPLE = {
    "title": {"en": "Fee reminders", "fr": "Rappels de taxes"},
    "description": {"en": "What is due in the next months.", "fr": "Ce qui est dû ces prochains mois."},
    "subject": "payments",
    "width": 4,
    "height": 3,
    "resource": "https://fees.example.org/api",
    "scopes": ["fees:read"],
    "data_url": "https://fees.example.org/api/widgets/reminders",
}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Your own name for the widget.",
    "schema": {"type": "string", "pattern": WIDGET_ID},
}
_GONE = {HTTPStatus.NOT_FOUND: "You have no widget of that id."}
_WIDGET = {
    "allOf": [ref("NewWidget"), {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}]
}


def paths() -> dict[str, Any]:
    """Return the calls."""
    return {
        "/widgets": {
            "get": {
                "operationId": "listWidgets",
                "summary": "List your widgets",
                "responses": answers(
                    HTTPStatus.OK,
                    "All that you have registered.",
                    {"type": "object", "properties": {"widgets": {"type": "array", "items": ref("Widget")}}},
                ),
            },
        },
        "/widgets/{id}": {
            "put": {
                "operationId": "putWidget",
                "summary": "Register a widget, or change it",
                "description": "Sent twice, it is registered once. People who have it on their dashboards see the change with the next page.",
                "parameters": [_ID],
                "requestBody": sent("NewWidget", example=_EXAMPLE),
                "responses": answers(HTTPStatus.OK, "Registered.", ref("Widget")),
            },
            "delete": {
                "operationId": "deleteWidget",
                "summary": "Delete a widget",
                "description": "It leaves the side panel, and every dashboard that it is on.",
                "parameters": [_ID],
                "responses": without_body(answers(HTTPStatus.NO_CONTENT, "Deleted.", {}, _GONE)),
            },
        },
    }


def schemas() -> dict[str, Any]:
    """Return the schemas by name; `Card` is what a data endpoint answers."""
    return {**schemas_of(NewWidget), **schemas_of(Card), "Widget": _WIDGET}
