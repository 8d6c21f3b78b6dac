"""Delivers logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

import base64
import binascii
from http import HTTPStatus

import orjson

from idp.clock import Clock
from idp.notify.outbound import Outbound
from idp.notify.worker import Message, Undeliverable


class LogoutTokenHandler:
    """Posts each token to its client's `backchannel_logout_uri`, until it is accepted, refused, or has expired."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock

    def deliver(self, message: Message) -> None:
        """Post one token; raises Undeliverable when the client refuses it (section 2.8) or its time is over."""
        client, token = message.payload["client_id"], message.payload["token"]
        if self._clock() >= _expiry(token):
            raise Undeliverable(f"the logout token for {client} has expired")
        answer = self._outbound.post_form(message.payload["url"], {"logout_token": token})
        # Section 2.8: 200 is success; frameworks turn an empty one into 204. 400 means that this token will never do.
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise Undeliverable(f"{client} refused the logout token")
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise RuntimeError(f"{client} answered {answer.status}")

    def end_batch(self) -> None:
        """Nothing is kept: each client is another server."""


def _expiry(token: str) -> int:
    """Read `exp` of a token that we signed ourselves; a token without one never expires."""
    try:
        body = token.split(".")[1]
        return int(orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))).get("exp", 2**62))
    except (IndexError, ValueError, binascii.Error) as error:
        raise Undeliverable("the logout token can't be read") from error
