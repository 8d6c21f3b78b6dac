"""Delivers logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

from http import HTTPStatus
from typing import Protocol

from idp.notify.outbound import Outbound
from idp.notify.worker import Message, Undeliverable


class Mint(Protocol):
    """Makes a logout token for a client."""

    def __call__(self, client_id: str, *, subject: str, sid: str) -> str: ...  # noqa: D102


class LogoutTokenHandler:
    """Posts a token to its client's `backchannel_logout_uri`, until it is accepted or refused.

    The token is made at each attempt: it lives for minutes only (section 2.4), a service may be away for longer.
    """

    def __init__(self, outbound: Outbound, mint: Mint) -> None:
        self._outbound = outbound
        self._mint = mint

    def deliver(self, message: Message) -> None:
        """Post a token for the payload's `client_id`, `url`, `subject`, `sid`; raises Undeliverable when the client refuses it."""
        payload = message.payload
        token = self._mint(payload["client_id"], subject=payload["subject"], sid=payload["sid"])
        answer = self._outbound.post_form(payload["url"], {"logout_token": token})
        # Section 2.8: 200 is success; frameworks turn an empty one into 204. 400 means that no token will ever do.
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise Undeliverable(f"{payload['client_id']} refused the logout token")
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise RuntimeError(f"{payload['client_id']} answered {answer.status}")

    def end_batch(self) -> None:
        """Nothing is kept: each client is another server."""
