"""The API's OpenAPI document, as far as it is about messages. Schemas come from the models that check what is sent."""

from http import HTTPStatus
from typing import Any

from clients.dashboard.messages.wire import MOST_AT_ONCE, Batch, NewMessage
from clients.sso.api_document import KEY, answers, schemas_of, sent
from config.api_document import ref

ABOUT = "Services write to people, and their inbox shows it. Who a message is from is what the token says."
_EXAMPLE = {
    "sub": "…",
    "subject": "Your renewal fee is due",
    "body": "Pay it until Friday.",
    "link": "https://example.org/fees",
}


def paths() -> dict[str, Any]:
    """Return the calls."""
    stored = {"oneOf": [ref("MessageMade"), ref("MessagesMade")]}
    return {
        "/messages": {
            "post": {
                "operationId": "postMessages",
                "summary": "Post a message, or several",
                "description": f"One message, or up to {MOST_AT_ONCE:,} of them, all or none.",
                "parameters": [KEY],
                "requestBody": sent("NewMessage", "Batch", example=_EXAMPLE),
                "responses": answers(HTTPStatus.CREATED, "Stored; the ids are in the order of the messages.", stored),
            }
        }
    }


def schemas() -> dict[str, Any]:
    """Return what is sent and what comes back."""
    one = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    many = {"type": "array", "items": ref("MessageMade")}
    made = {"type": "object", "required": ["messages"], "properties": {"messages": many}}
    return {**schemas_of(NewMessage, Batch), "MessageMade": one, "MessagesMade": made}
