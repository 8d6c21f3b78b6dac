"""The key ring: an immutable snapshot of the signing keys, answering which key signs now and which one verifies.

A key's life is four moments. It is published (in the JWKS), later active (the newest active key of its algorithm signs), then retired
(its successor signs), and at last removed, when the last token it signed has expired. A ring holds exactly the keys that are published.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keys import encoding
from keys.errors import NoKeyError

Algorithm: TypeAlias = Literal["ES256", "RS256"]
PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

ALGORITHMS: tuple[Algorithm, ...] = ("ES256", "RS256")
RSA_BITS = 2048
"""Until 2030 enough (NIST SP 800-57 part 1), and a third of what 3072 bits cost to sign with."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key pair; `retired_at` and `removed_at` are None until a successor is known."""

    kid: str
    alg: Algorithm
    private: PrivateKey
    published_at: int
    active_from: int
    retired_at: int | None = None
    removed_at: int | None = None

    def signs(self, now: int) -> bool:
        """Tell whether it may sign at `now`."""
        return self.active_from <= now and (self.retired_at is None or now < self.retired_at)


class KeyRing:
    """All keys that are published; `version` changes whenever anything about them does, and is empty for an empty ring."""

    __slots__ = ("_by_kid", "_newest_first", "keys", "version")

    def __init__(self, keys: Iterable[Key] = (), version: str = "") -> None:
        self.keys = tuple(keys)
        self.version = version
        self._by_kid = {key.kid: key for key in self.keys}
        self._newest_first: dict[str, tuple[Key, ...]] = {alg: self._sorted(alg) for alg in ALGORITHMS}

    def signing_key(self, alg: str, now: int) -> Key:
        """Return the key that signs with `alg` at `now`: the one that became active last. Raises NoKeyError."""
        for key in self._newest_first.get(alg, ()):
            if key.signs(now):
                return key
        raise NoKeyError(f"no key signs with {alg}")

    def verifying_key(self, kid: str) -> Key | None:
        """Return the key that is called `kid`, retired or not, or None."""
        return self._by_kid.get(kid)

    def newest(self, alg: Algorithm) -> Key | None:
        """Return the key that signs with `alg` last: the present one, or its successor if that is published already."""
        return next((key for key in self._newest_first[alg] if key.retired_at is None), None)

    def _sorted(self, alg: Algorithm) -> tuple[Key, ...]:
        of_this = [key for key in self.keys if key.alg == alg]
        return tuple(sorted(of_this, key=lambda key: key.active_from, reverse=True))


def generate(alg: Algorithm, *, published_at: int, active_from: int) -> Key:
    """Make a key pair: P-256 in a blink, RSA in some tenths of a second."""
    private: PrivateKey
    if alg == "ES256":
        private = ec.generate_private_key(ec.SECP256R1())
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return Key(thumbprint(private.public_key()), alg, private, published_at, active_from)


def public_members(public: PublicKey) -> dict[str, str]:
    """Return the required members of its JWK (RFC 7518 sections 6.2.1 and 6.3.1)."""
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        return {"crv": "P-256", "kty": "EC", "x": _number(point.x, 32), "y": _number(point.y, 32)}
    numbers = public.public_numbers()
    return {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}


def thumbprint(public: PublicKey) -> str:
    """Return the JWK thumbprint, SHA-256 (RFC 7638 section 3): a key's name follows from the key."""
    canonical = json.dumps(public_members(public), sort_keys=True, separators=(",", ":"))
    return encoding.encode(hashlib.sha256(canonical.encode()).digest()).decode()


def _number(value: int, length: int = 0) -> str:
    return encoding.encode(value.to_bytes(length or (value.bit_length() + 7) // 8, "big")).decode()
