"""Signs claims as a compact JWS (RFC 7515) and checks the ones it signed; written on cryptography directly, because of the hot path.

Only tokens of this ring are its business; what others signed goes through joserfc. Which claims a token needs, and whether it has
expired, is for its callers to say.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from keys import encoding
from keys.errors import BadToken
from keys.ring import Algorithm, Key, KeyRing
from keys.store import KeyStore

_ECDSA = ec.ECDSA(SHA256())
_PKCS1 = padding.PKCS1v15()
_SHA256 = SHA256()
_COORDINATE = 32


class Signer:
    """Signs with the store's ring; `clock` returns seconds since the epoch."""

    def __init__(self, store: KeyStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def sign(self, claims: dict[str, Any] | bytes, *, alg: Algorithm = "ES256", typ: str = "JWT") -> str:
        """Return the compact token; `claims` may be JSON already. Raises `keys.NoKeyError`."""
        key = self._store.load().signing_key(alg, int(self._clock()))
        payload = claims if isinstance(claims, bytes) else orjson.dumps(claims)
        signed = _header(key.kid, key.alg, typ) + b"." + encoding.encode(payload)
        return (signed + b"." + encoding.encode(_signature(key, signed))).decode()

    def verify(self, token: str, *, typ: str) -> dict[str, Any]:
        """Return the claims of a token that this ring signed as `typ`; raises BadToken. It doesn't look at the claims."""
        try:
            header, payload, signature = token.encode("ascii").split(b".")
            # The header must be, byte for byte, one that `sign` writes: there is no algorithm, `crit` or `jwk` to be talked into.
            key = _headers(self._store.load(), typ)[header]
            _check(key, header + b"." + payload, encoding.decode(signature))
            claims = orjson.loads(encoding.decode(payload))
        except (ValueError, KeyError, InvalidSignature) as error:
            raise BadToken("not a token of this provider") from error
        if not isinstance(claims, dict):
            raise BadToken("claims must be an object")
        return claims


@lru_cache(maxsize=256)
def _header(kid: str, alg: Algorithm, typ: str) -> bytes:
    return encoding.encode(orjson.dumps({"alg": alg, "kid": kid, "typ": typ}))


@lru_cache(maxsize=64)
def _headers(ring: KeyRing, typ: str) -> dict[bytes, Key]:
    return {_header(key.kid, key.alg, typ): key for key in ring.keys}


def _signature(key: Key, signed: bytes) -> bytes:
    private = key.private
    if isinstance(private, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(private.sign(signed, _ECDSA))
        return r.to_bytes(_COORDINATE, "big") + s.to_bytes(_COORDINATE, "big")  # RFC 7518 section 3.4
    return private.sign(signed, _PKCS1, _SHA256)


def _check(key: Key, signed: bytes, signature: bytes) -> None:
    private = key.private
    if isinstance(private, ec.EllipticCurvePrivateKey):
        if len(signature) != 2 * _COORDINATE:
            raise InvalidSignature
        numbers = (int.from_bytes(signature[:_COORDINATE], "big"), int.from_bytes(signature[_COORDINATE:], "big"))
        private.public_key().verify(encode_dss_signature(*numbers), signed, _ECDSA)
    else:
        private.public_key().verify(signature, signed, _PKCS1, _SHA256)
