"""The API by which services post messages. Who a message is from is what the token says, whatever the call says (RFC 6750, RFC 9068).

`Idempotency-Key` makes a repeated call one call; a batch is stored as a whole or not at all.
"""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, jsonify

from clients.dashboard.api import parts
from clients.dashboard.messages import document
from clients.dashboard.messages.posting import OtherContentError, Posting, TooManyError, UnacceptableError
from clients.dashboard.messages.wire import Batch, NewMessage
from clients.sso import api_input
from clients.sso.api_errors import refuse_fields, reused_key, too_many
from clients.sso.resource_server import ResourceServer, caller

SCOPE = "messages:write"
_WRONG = "invalid_message"


def part(posting: Posting, guard: ResourceServer) -> parts.Part:
    """Return the API's part about messages."""
    routes = parts.blueprint("messages_api", __name__)

    @routes.post("/messages")
    @guard.requires(SCOPE, own=True)
    def post_messages() -> tuple[Response, HTTPStatus]:
        key = api_input.idempotency_key()
        sent, messages, single = _read()
        try:
            ids = posting.post(caller().client_id, messages, key=key, sent=sent)
        except UnacceptableError as error:
            refuse_fields(_WRONG, api_input.at_entries("messages", error.errors, single=single))
        except OtherContentError as error:
            raise reused_key() from error
        except TooManyError as error:
            raise too_many() from error
        made: list[dict[str, str]] = [{"id": one} for one in ids]
        return jsonify(made[0] if single else {"messages": made}), HTTPStatus.CREATED

    return parts.Part(
        name="Messages",
        about=document.ABOUT,
        routes=routes,
        scopes={SCOPE: "Post messages."},
        paths=document.paths(),
        schemas=document.schemas(),
    )


def _read() -> tuple[bytes, Sequence[NewMessage], bool]:
    """Return what was sent, the messages in it, and whether it was a single one."""
    sent, value = api_input.body()
    if "messages" in value:
        return sent, api_input.checked(Batch, sent, error=_WRONG).messages, False
    return sent, [api_input.checked(NewMessage, sent, error=_WRONG)], True
