"""The notices' part of the provider's OpenAPI document. Schemas come from the models that check what is sent."""

from http import HTTPStatus
from typing import Any

from config.api_document import content, ref
from idp.oauth.api_document import answers, schemas_of
from idp.relay.wire import MOST_AT_ONCE, Batch

_EXAMPLE = {
    "notices": [
        {
            "id": "n-1",
            "sub": "…",
            "service": "Renewals",
            "subject": "Your renewal fee is due",
            "link": "https://portal.example/messages/1",
            "channels": ["email"],
        }
    ],
    "inbox": "https://portal.example/messages",
    "settings": "https://portal.example/messages/services",
}


def paths(path: str, scope: str) -> dict[str, Any]:
    """Return the call."""
    taken = {"type": "object", "required": ["status"], "properties": {"status": {"const": "accepted"}}}
    return {
        path: {
            "post": {
                "operationId": "sendNotices",
                "tags": ["Notices"],
                "summary": "Tell people of something",
                "description": f"Up to {MOST_AT_ONCE} notices, all or none. The answer is the same whomever they are for. A notice of an `id` that"
                " came before does nothing if it is the same in all its fields; another one is refused (422, `idempotency_key_reused`). An `id` is"
                " remembered for two weeks. Links lie at the origins of your redirect URIs.",
                "security": [{"service": [scope]}],
                "requestBody": {"required": True, "content": content(ref("Batch"), example=_EXAMPLE)},
                "responses": answers(
                    {HTTPStatus.ACCEPTED: {"description": "Taken.", "content": content(taken)}},
                    {HTTPStatus.TOO_MANY_REQUESTS: "More than one service may send in a minute: see `Retry-After`."},
                    body=True,
                ),
            }
        }
    }


def schemas() -> dict[str, Any]:
    """Return what is sent."""
    return schemas_of([("Batch", Batch.model_json_schema(ref_template="#/components/schemas/{model}"))])
