"""Cards of other services: asked for with the person's access token for that API alone (RFC 8707), within a time, a size and a number.

Called in the request's own thread, for the token is that of the request's session. What comes back is believed as far as the contract
goes: a card is checked as a whole or it is none.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from pydantic import ValidationError

from clients.dashboard.widgets import outbound
from clients.dashboard.widgets.challenge import asked, bearer
from clients.dashboard.widgets.contract import Card, Manifest, TroubleError, Viewer, Widget
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.outbound import Answer
from clients.sso.db import db
from clients.sso.outcomes import NoTokenError, ProviderUnavailableError, RefusedError
from clients.sso.tokens import access_token
from config.parsing import json_value

_log = logging.getLogger(__name__)

SECONDS = 4.0
"""For a whole answer."""
LARGEST = 256 * 1024
"""Bytes of a card."""
GetToken = Callable[..., str]


def _let_go_of_the_database() -> None:
    """Give the connection back, which others need while a service takes its time."""
    db.session.rollback()


class Remote:
    """Where the cards of a widget with a `data_url` come from. All of them share one `gate`."""

    def __init__(
        self,
        manifest: Manifest,
        gate: Gate,
        *,
        token: GetToken = access_token,
        let_go: Callable[[], None] = _let_go_of_the_database,
        seconds: float = SECONDS,
    ) -> None:
        self._manifest = manifest
        self._gate = gate
        self._token = token
        self._let_go = let_go
        self._seconds = seconds

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> Card:
        """Return what the service answers; raises TroubleError."""
        token = self._access()
        answer = self._asked(token, viewer, chosen)
        if answer.status == HTTPStatus.UNAUTHORIZED and bearer(answer.challenges).get("error") == "invalid_token":
            # Revoked before its time, or its keys were replaced: a fresh one, once.
            answer = self._asked(self._access(refused=token), viewer, chosen)
        return self._read(answer)

    def _access(self, **more: str) -> str:
        try:
            return self._token(self._manifest.resource, self._manifest.scopes, **more)
        except NoTokenError as error:
            raise TroubleError("sign-in") from error
        except ProviderUnavailableError as error:
            raise TroubleError("unavailable") from error
        except RefusedError as error:
            _log.warning("no token for widget %s: %s", self._manifest.id, error)
            raise TroubleError("wrong") from error

    def _asked(self, token: str, viewer: Viewer, chosen: Mapping[str, str]) -> Answer:
        url = self._manifest.data_url
        if chosen:
            url += f"{'&' if '?' in url else '?'}{urlencode(chosen)}"
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "Accept-Language": viewer.locale.replace("_", "-"),
        }
        self._let_go()
        with self._gate.passing(self._manifest.resource):
            try:
                answer = outbound.get(url, headers, seconds=self._seconds, most_bytes=LARGEST)
            except outbound.SlowError as error:
                raise TroubleError("slow") from error
            except outbound.TooLargeError as error:
                raise TroubleError("wrong") from error
            except outbound.UnreachableError as error:
                raise TroubleError("unavailable") from error
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise TroubleError("busy")
            if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise TroubleError("unavailable")
        return answer

    def _read(self, answer: Answer) -> Card:
        if answer.status == HTTPStatus.UNAUTHORIZED:
            said = bearer(answer.challenges)
            if said.get("error") == "insufficient_user_authentication":
                acr, max_age = asked(said)
                raise TroubleError("stronger", acr=acr, max_age=max_age)
            raise TroubleError("sign-in")
        if answer.status != HTTPStatus.OK or answer.content_type.partition(";")[0].strip() != "application/json":
            _log.warning("widget %s answered %d %s", self._manifest.id, answer.status, answer.content_type[:60])
            raise TroubleError("wrong")
        try:
            json_value(answer.body)
            return Card.model_validate_json(answer.body, strict=True)
        except ValueError as error:
            errors = error.error_count() if isinstance(error, ValidationError) else 1
            _log.warning("widget %s: %d errors in its card", self._manifest.id, errors)
            raise TroubleError("wrong") from error


def remote(manifest: Manifest, gate: Gate) -> Widget:
    """Return a widget of another service."""
    return Widget(manifest, Remote(manifest, gate))
