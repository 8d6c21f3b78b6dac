"""The key with which this server introduces itself to push services (VAPID, RFC 8292), and the header that does it.

Browsers bind their push subscriptions to this key: whoever replaces the file makes every device subscribe anew, which it does when its
approvals page is opened next.
"""

import os
import secrets
import threading
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from joserfc import jwt
from joserfc.jwk import ECKey

from config.files import check_private
from keys import encoding

_FILE = "vapid.key"
_LIFE = 12 * 3600
"""Seconds; RFC 8292 section 2 allows 24 hours."""
_RENEW = _LIFE // 2
_MOST_TOKENS = 1000


class VapidKey:
    """The key in `folder`, made with mode 0600 when it is needed first. `subject` is an https or mailto address (section 2.1).

    Threads may share it.
    """

    def __init__(self, folder: Path, subject: str) -> None:
        self._path = folder / _FILE
        self._subject = subject
        self._lock = threading.Lock()
        self._private: ec.EllipticCurvePrivateKey | None = None
        self._tokens: dict[str, tuple[int, str]] = {}

    @property
    def public(self) -> str:
        """Return the public key as browsers want it: an uncompressed point in base64url (section 3.2)."""
        point = self._key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return encoding.encode(point).decode()

    def headers(self, endpoint: str, now: int) -> dict[str, str]:
        """Return the header for a message to `endpoint` (section 3); one token serves an origin for hours. Raises OSError, ValueError."""
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        made_at, token = self._tokens.get(origin, (0, ""))
        if not token or not made_at <= now < made_at + _RENEW:
            token = self._token(origin, now)
            # Origins come from browsers; push services are few.
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.clear()
            self._tokens[origin] = now, token
        return {"Authorization": f"vapid t={token}, k={self.public}"}

    def _token(self, origin: str, now: int) -> str:
        claims = {"aud": origin, "exp": now + _LIFE, "sub": self._subject}
        key = ECKey.import_key(self._key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, key, algorithms=["ES256"])

    def _key(self) -> ec.EllipticCurvePrivateKey:
        with self._lock:
            if self._private is None:
                if not self._path.exists():
                    self._make()
                private = load_pem_private_key(check_private(self._path).read_bytes(), password=None)
                if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
                    raise ValueError(f"{_FILE} holds a key of another kind")
                self._private = private
            return self._private

    def _make(self) -> None:
        """Put a new key in place; of processes that start at once, the first one's is kept."""
        private = ec.generate_private_key(ec.SECP256R1())
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f".{_FILE}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                file.flush()
                os.fsync(file.fileno())
            # Appears with its whole content, or not at all.
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
