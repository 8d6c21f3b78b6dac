"""The API's OpenAPI document, as far as it is about payments. Schemas come from the models that check what is sent."""

from http import HTTPStatus
from typing import Any

from clients.dashboard.payments.states import STATES
from clients.dashboard.payments.wire import MOST_AT_ONCE, Invoices, Movements, NewInvoice, NewMovement, NewState
from clients.sso.api_document import KEY, answers, schemas_of, sent
from config.api_document import ref

ABOUT = (
    "Invoices of people, with what became of them, and movements of their current accounts. A service reaches what it has posted itself"
    " and nothing else. People put invoices into a basket and get a payment reference for it (ISO 11649): whoever receives the money finds"
    " the invoices by it."
)
_INVOICE = {
    "sub": "…",
    "reference": "2030-0117",
    "currency": "CHF",
    "amount": "120.50",
    "title": "Fourth renewal fee, EP 1234",
    "due": "2030-01-31",
    "link": "https://example.org/invoices/2030-0117.pdf",
}
_MOVEMENT = {
    "sub": "…",
    "reference": "M-1",
    "currency": "CHF",
    "amount": "500.00",
    "kind": "deposit",
    "date": "2030-01-31",
    "text": "Transfer received",
}
_TAKEN = {
    HTTPStatus.CONFLICT: "Something else was posted under this reference: `errors` says which. Nothing was stored."
}
_TEXT = {"type": "string"}


def paths() -> dict[str, Any]:
    """Return the calls."""
    return {
        "/payments": {
            "post": {
                "operationId": "postInvoices",
                "summary": "Post an invoice, or several",
                "description": f"One invoice, or up to {MOST_AT_ONCE:,} of them, all or none. An invoice that you have posted before, under the"
                " same `reference`, isn't posted twice: its id comes back.",
                "parameters": [KEY],
                "requestBody": sent("NewInvoice", "Invoices", example=_INVOICE),
                "responses": answers(
                    HTTPStatus.CREATED,
                    "Stored; the ids are in the order of the invoices.",
                    {"oneOf": [ref("Made"), {"type": "object", "properties": {"invoices": _list("Made")}}]},
                    _TAKEN,
                ),
            },
            "get": {
                "operationId": "findInvoices",
                "summary": "Find your invoices",
                "description": "By your own reference, or by the payment reference that somebody quoted. One of the two is needed.",
                "parameters": [_query("reference", "Yours."), _query("payment_reference", "With or without spaces.")],
                "responses": answers(
                    HTTPStatus.OK, "Those of yours.", {"type": "object", "properties": {"invoices": _list("Invoice")}}
                ),
            },
        },
        "/payments/{id}": {
            "get": {
                "operationId": "readInvoice",
                "summary": "Read one of your invoices",
                "parameters": [_ID],
                "responses": answers(HTTPStatus.OK, "As it is now.", ref("Invoice"), _GONE),
            }
        },
        "/payments/{id}/state": {
            "post": {
                "operationId": "changeState",
                "summary": "Say what has become of an invoice",
                "description": "`paid` when the money is there, `cancelled` when it isn't owed any more, `unpaid` when a payment that was pending"
                " never came. The state that it has already is no change.",
                "parameters": [_ID],
                "requestBody": sent("NewState", example={"state": "paid"}),
                "responses": answers(
                    HTTPStatus.OK,
                    "As it is now.",
                    ref("Invoice"),
                    {
                        **_GONE,
                        HTTPStatus.CONFLICT: "It can't go `from` its state `to` that one; `allowed` says where it can go.",
                    },
                ),
            }
        },
        "/movements": {
            "post": {
                "operationId": "postMovements",
                "summary": "Post a movement of a current account, or several",
                "description": f"One movement, or up to {MOST_AT_ONCE:,} of them, all or none. A reference is posted once.",
                "parameters": [KEY],
                "requestBody": sent("NewMovement", "Movements", example=_MOVEMENT),
                "responses": answers(
                    HTTPStatus.CREATED,
                    "Stored; the ids are in the order of the movements.",
                    {"oneOf": [ref("Made"), {"type": "object", "properties": {"movements": _list("Made")}}]},
                    _TAKEN,
                ),
            }
        },
    }


def schemas() -> dict[str, Any]:
    """Return what is sent and what comes back."""
    invoice = dict.fromkeys(("id", "reference", "sub", "title", "currency", "amount"), _TEXT)
    shown = {
        **invoice,
        "due": {"type": "string", "format": "date"},
        "state": {"enum": list(STATES)},
        "payment_reference": {"type": ["string", "null"]},
    }
    return {
        **schemas_of(NewInvoice, Invoices, NewMovement, Movements, NewState),
        "Invoice": {"type": "object", "properties": shown},
        "Made": {"type": "object", "required": ["id"], "properties": {"id": _TEXT}},
    }


_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "What came back when it was posted.",
    "schema": _TEXT,
}
_GONE = {HTTPStatus.NOT_FOUND: "You have posted no such invoice."}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": ref(name)}


def _query(name: str, about: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": about, "schema": _TEXT}
