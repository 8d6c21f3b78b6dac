"""Delivers Web Push messages (RFC 8030), encrypted for their browser (RFC 8291), under this server's name (RFC 8292).

What a push says is decided by whoever adds it; which subscription a device has now, it asks at each attempt. Topic and notification tag
let a browser see a repetition as the same message.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, NamedTuple, Protocol

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from idp.clock import Clock
from idp.notify.outbound import Answer, OutboundError
from idp.notify.worker import Message, Undeliverable
from keys import encoding

Outcome = Literal["sent", "trouble"]
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class Subscription(NamedTuple):
    """Where pushes for a browser go, and the keys that they are encrypted for; keys in base64url."""

    endpoint: str
    p256dh: str
    auth: str


class Devices(Protocol):
    """Whoever knows the devices."""

    def subscription(self, device_id: str, reference: str) -> Subscription | None:
        """Return where pushes reach the device now; None also when what the message is about is over."""
        ...

    def gone(self, device_id: str, subscription: Subscription) -> None:
        """Take note that this subscription has ended (RFC 8030 section 7.3)."""
        ...

    def report(self, reference: str, outcome: Outcome) -> None:
        """Take note of how an attempt went."""
        ...


class Post(Protocol):
    """Posts to an address that others chose."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """See `Outbound.post`."""
        ...


class Vapid(Protocol):
    """Introduces this server."""

    def headers(self, endpoint: str, now: int) -> Mapping[str, str]:
        """Return the headers for a message to `endpoint`."""
        ...


class PushHandler:
    """Encrypts and posts. Payload: `device`, `content` (JSON for the service worker), `expires_at`, `urgency`, `topic`, `reference`."""

    def __init__(self, outbound: Post, vapid: Vapid, devices: Devices, clock: Clock) -> None:
        self._outbound = outbound
        self._vapid = vapid
        self._devices = devices
        self._clock = clock

    def deliver(self, message: Message) -> None:
        """Send a message; raises Undeliverable when it is too late, or the subscription is no more."""
        payload = message.payload
        subscription = self._devices.subscription(payload["device"], payload["reference"])
        if subscription is None:
            raise Undeliverable("nobody waits for it")
        left = payload["expires_at"] - self._clock()
        if left <= 0:
            raise Undeliverable("too late")
        headers = {
            "TTL": str(left),
            "Urgency": payload["urgency"],
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            **self._vapid.headers(subscription.endpoint, self._clock()),
        }
        if payload["topic"]:
            headers["Topic"] = payload["topic"]
        try:
            answer = self._outbound.post(
                subscription.endpoint, encrypted(subscription, orjson.dumps(payload["content"])), headers
            )
        except OutboundError:
            self._devices.report(payload["reference"], "trouble")
            raise
        self._conclude(answer.status, payload, subscription)

    def end_batch(self) -> None:
        """Nothing is kept: each push service is another server."""

    def _conclude(self, status: int, payload: Mapping[str, str], subscription: Subscription) -> None:
        if status in _GONE:
            self._devices.gone(payload["device"], subscription)
        successful = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        self._devices.report(payload["reference"], "sent" if successful else "trouble")
        if successful:
            return
        # 429 and 5xx pass; whatever else a push service says of this message, it will say again.
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _LATER:
            raise RuntimeError(f"the push service answered {status}")
        raise Undeliverable(f"the push service answered {status}")


def encrypted(subscription: Subscription, content: bytes) -> bytes:
    """Return `content` encrypted for the browser (RFC 8291 section 3), with a key of its own."""
    body: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=encoding.decode(subscription.p256dh.encode()),
        auth_secret=encoding.decode(subscription.auth.encode()),
        version="aes128gcm",
    )
    return body
