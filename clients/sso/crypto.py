"""The few cryptographic needs of a relying party, all from its one root secret. Signatures are Authlib's and joserfc's business."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: str, purpose: str) -> bytes:
    """Return the 32-byte subkey of `secret` for `purpose` (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def new_secret() -> str:
    """Return 256 random bits as base64url."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is stored instead of a random secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Box:
    """Encrypts what is kept in the database for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(derive(secret, purpose)))

    def close(self, text: str) -> str:
        """Return `text` encrypted and authenticated."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, closed: str) -> str | None:
        """Return the text, or None when it was closed under another secret (the root was replaced) or was changed."""
        try:
            return self._fernet.decrypt(closed.encode()).decode()
        except InvalidToken:
            return None
