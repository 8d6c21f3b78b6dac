"""Random secrets, their digests, and subkeys. For machines' secrets only: what a person chose needs a slow hash."""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32


def new_secret(prefix: str = "") -> str:
    """Return 256 random bits as base64url; a prefix like `idp_at_` lets people and scanners see what leaked."""
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return the SHA-256 of `secret` in hexadecimal: what is stored instead of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare without telling by the time taken where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def derive(root: bytes, purpose: str) -> bytes:
    """Return the 32-byte subkey of `root` for `purpose` (HKDF-SHA256, RFC 5869); keys of two purposes tell nothing of each other."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(root)
