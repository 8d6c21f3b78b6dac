"""`POST /api/notices`: a machine endpoint (`oauth.machine`) for services with a token of their own (RFC 6749 section 4.4).

The token's audience is the provider itself (RFC 8707), its scope `notices:write`; errors are RFC 6750's. Whoever may call is answered
202 for every batch that is well formed, whomever it is for.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from pydantic import ValidationError

from idp.oauth.errors import JSON_HEADERS, MethodNotAllowedError
from idp.oauth.request_guard import read_json
from idp.oauth.server import WireAnswer
from idp.oauth.service_guard import ServiceGuard
from idp.relay.service import ForbiddenNoticesError, NoticeConflictError, Relay, TooManyError
from idp.relay.wire import Batch, origin_of

PATH = "/api/notices"
SCOPE = "notices:write"
REALM = "notices"
LARGEST_BODY = 512 * 1024
_RETRY_SECONDS = "60"
_MOST_ERRORS = 20


class Endpoint:
    """The endpoint. Call it with a WSGI environ; raises OAuth2Error."""

    def __init__(self, relay: Relay, guard: ServiceGuard) -> None:
        self._relay = relay
        self._guard = guard

    def __call__(self, environ: Mapping[str, Any]) -> WireAnswer:
        """Take notices over."""
        if environ["REQUEST_METHOD"] != "POST":
            raise MethodNotAllowedError(("POST",))
        caller = self._guard.admit(environ.get("HTTP_AUTHORIZATION", ""), scope=SCOPE, realm=REALM)
        body = read_json(environ, most=LARGEST_BODY)
        try:
            batch = Batch.model_validate_json(body)
        except ValidationError as error:
            return _refused_fields([(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()])
        text = "It lies elsewhere than at the service’s own address."
        if strangers := batch.strangers(frozenset(map(origin_of, caller.client.redirect_uris)) - {""}):
            return _refused_fields([(field, text) for field in strangers])
        try:
            self._relay.accept(caller, batch)
        except NoticeConflictError as error:
            return _reused_ids(error)
        except (ForbiddenNoticesError, TooManyError) as error:
            return _not_taken(error)
        return HTTPStatus.ACCEPTED, b'{"status":"accepted"}', list(JSON_HEADERS)


def _not_taken(error: ForbiddenNoticesError | TooManyError) -> WireAnswer:
    if isinstance(error, ForbiddenNoticesError):
        return _refused_fields(error.errors)
    text = "Nothing was taken: that is more than one service may send in a minute."
    status, content, headers = _problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many", text)
    return status, content, [*headers, ("Retry-After", _RETRY_SECONDS)]


def _reused_ids(error: NoticeConflictError) -> WireAnswer:
    """Return the refusal of an id that came with something else before, as of an idempotency key (draft-ietf-httpapi-idempotency-key-header 2.7)."""
    shown = {f"notices.{number}.id": "It came with something else before." for number in error.places[:_MOST_ERRORS]}
    text = "Nothing was taken: use a new id for a new notice."
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", text, errors=shown)


def _refused_fields(errors: Sequence[tuple[str, str]]) -> WireAnswer:
    shown = {field: text.removeprefix("Value error, ") for field, text in errors[:_MOST_ERRORS]}
    text = "Nothing was taken: correct these fields."
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_notice", text, errors=shown)


def _problem(status: HTTPStatus, error: str, description: str, **more: object) -> WireAnswer:
    return status, orjson.dumps({"error": error, "error_description": description, **more}), list(JSON_HEADERS)
