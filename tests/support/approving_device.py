"""A registered device without a browser: the key, and the messages that `device.js` would sign with it."""

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey

ISSUER = "http://localhost:8000"


class ApprovingDevice:
    """`now` is its clock."""

    def __init__(self, now: int = 1_800_000_000, *, issuer: str = ISSUER) -> None:
        self.now = now
        self.issuer = issuer
        self.key = ECKey.generate_key("P-256")
        self.kid = self.key.thumbprint()
        self.jwk = self.key.as_dict(private=False)

    def sign(self, act: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        full = {"iss": self.issuer, "act": act, "iat": self.now, **claims}
        protected = {"alg": "ES256", "typ": "device+jws", "kid": self.kid, **(header or {})}
        return jws.serialize_compact(protected, _json(full), self.key, algorithms=["ES256"])

    def register(self, challenge: str, subscription: object = None, **changes: Any) -> str:
        claims = {"challenge": challenge, "jwk": self.jwk, "subscription": subscription, **changes}
        return self.sign("register", **claims)

    def answer(self, asked: dict[str, Any], decision: str, number: str = "", **changes: Any) -> str:
        """Answer what `list` or `show` returned."""
        claims = {"request": asked["id"], "challenge": asked["challenge"], "decision": decision, "number": number}
        return self.sign("answer", **claims | changes)


class BrowserSubscription:
    """A push subscription, and the keys that open what is sent to it."""

    def __init__(self, endpoint: str = "https://updates.push.services.mozilla.com/wpush/v2/token") -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    def to_json(self) -> dict[str, Any]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": _text(point), "auth": _text(self.auth)}}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
