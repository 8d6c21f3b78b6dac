"""What a device signs, and how that is checked. Pure: no clock, no database.

A message of a device is a compact JWS (RFC 7515) with ES256 by its own key, named in `kid` by its thumbprint (RFC 7638). Its claims are
`iss` (this provider), `act` (what it is for: a signature for one purpose serves no other), `iat`, and what the act needs; an answer
repeats the request's `challenge`, so it fits one request only.
"""

import binascii
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from config.parsing import check_jwt
from idp.notify.push import Subscription
from keys import encoding

MOST_BYTES = 8192
SKEW = 300
"""Seconds that a device's clock may be off; it corrects itself when it is told the time."""

_TYP = "device+jws"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_AUTH_BYTES = 16
_LONGEST_ENDPOINT = 2048
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class BadMessage(Exception):  # noqa: N818 - a verdict on what somebody sent, not a fault of ours
    """A device's message can't be read, or isn't signed as it says. The text is for the log; `unknown`: there is no such device."""

    def __init__(self, text: str, *, unknown: bool = False) -> None:
        super().__init__(text)
        self.unknown = unknown


class StaleMessage(BadMessage):
    """It was signed at another time than now: the device's clock is off, or somebody kept it."""


class Key(NamedTuple):
    """A device's public key: its thumbprint and its JWK as JSON."""

    kid: str
    jwk: str


def read_key(jwk: object) -> Key:
    """Return the P-256 key of a JWK; whatever else it holds is dropped. Raises BadMessage."""
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise BadMessage("not a public P-256 key")
    members = {"crv": "P-256", "kty": "EC", "x": jwk.get("x"), "y": jwk.get("y")}
    try:
        key = ECKey.import_key(members)  # type: ignore[arg-type]
        return Key(key.thumbprint(), json.dumps(members, separators=(",", ":")))
    except (JoseError, ValueError, TypeError, AttributeError) as error:
        raise BadMessage("not a public P-256 key") from error


def peek(token: object) -> tuple[str, dict[str, Any]]:
    """Return the key's name and the claims of a message that nobody has checked yet. Raises BadMessage."""
    if not isinstance(token, str) or len(token) > MOST_BYTES:
        raise BadMessage("not a message")
    try:
        check_jwt(token)
        header, payload, _signature = (encoding.decode(part.encode("ascii")) for part in token.split("."))
        kid, claims = json.loads(header).get("kid"), json.loads(payload)
    except (ValueError, AttributeError) as error:
        raise BadMessage("not a JWS") from error
    if not isinstance(kid, str) or not _NAME.fullmatch(kid) or not isinstance(claims, dict):
        raise BadMessage("no key, or no claims")
    return kid, claims


def verify(token: str, jwk: str, *, issuer: str, act: str) -> dict[str, Any]:
    """Return the claims of a message that was signed with `jwk` for this provider and this act. Raises BadMessage."""
    try:
        check_jwt(token)
        message = jws.deserialize_compact(token, ECKey.import_key(json.loads(jwk)), algorithms=["ES256"])
        claims = json.loads(message.payload)
    except (JoseError, ValueError) as error:
        raise BadMessage(f"not signed by this key: {type(error).__name__}") from error
    if message.headers().get("typ") != _TYP or not isinstance(claims, dict):
        raise BadMessage("not a device's message")
    if claims.get("iss") != issuer or claims.get("act") != act:
        raise BadMessage("for another purpose")
    return claims


def is_fresh(claims: Mapping[str, Any], now: int) -> bool:
    """Tell whether a message was signed just now."""
    at = claims.get("iat")
    return isinstance(at, int) and abs(now - at) <= SKEW


def read_subscription(value: object, hosts: tuple[str, ...]) -> Subscription | None:
    """Return the push subscription that a browser sends (PushSubscription.toJSON), None for none. Raises BadMessage."""
    if value is None:
        return None
    try:
        keys, endpoint = value["keys"], value["endpoint"]  # type: ignore[index]
        p256dh, auth = str(keys["p256dh"]).rstrip("="), str(keys["auth"]).rstrip("=")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encoding.decode(p256dh.encode("ascii")))
        secret = encoding.decode(auth.encode("ascii"))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise BadMessage("not a push subscription") from error
    if len(secret) != _AUTH_BYTES or not isinstance(endpoint, str) or not is_allowed(endpoint, hosts):
        raise BadMessage("not a push service that we send to")
    return Subscription(endpoint, p256dh, auth)


def is_allowed(endpoint: str, hosts: tuple[str, ...]) -> bool:
    """Tell whether an endpoint is at one of the push services in `hosts`: over https, and at its usual port.

    A loopback host that is listed by name may use http and any port: a push service for tests.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if len(endpoint) > _LONGEST_ENDPOINT or parts.username is not None or not _listed(host, hosts):
        return False
    return (parts.scheme == "https" and port in {None, 443}) or (
        host in _LOOPBACK and parts.scheme in {"http", "https"}
    )


def _listed(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host.endswith(name[1:]) if name.startswith("*.") else host == name for name in hosts)


def two_digits() -> str:
    """Return a number from 10 to 99: 90 of them, none that starts with a zero that people leave out."""
    return str(10 + secrets.randbelow(90))


def plain(value: object) -> str:
    """Return a claim that is an identifier or a number; an empty text for anything else. A database takes no NUL, for one."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
