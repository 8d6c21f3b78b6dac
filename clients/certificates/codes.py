"""Enrolment codes: shown once, typed in when a certificate is picked up with another browser. Pure.

Stored as HMAC-SHA-256 under a secret that isn't in the database: whoever has only the database can't even begin to try.
"""

import hashlib
import hmac
import re
import secrets

from clients.sso.crypto import derive

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what looks or sounds alike."""
_GROUP, _GROUPS = 4, 3


def new_code() -> str:
    """Return a random code of 58 bits, in groups."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


class Codes:
    """Hashes codes under the service's own secret."""

    def __init__(self, secret: str) -> None:
        self._key = derive(secret, "enrolment codes")

    def digest(self, enrolment_id: str, code: str) -> str:
        """Return what is stored of a code as it was typed, bound to its request."""
        plain = re.sub(r"[\s-]", "", code).upper()
        return hmac.new(self._key, f"{enrolment_id}\0{plain}".encode(), hashlib.sha256).hexdigest()

    def matches(self, enrolment_id: str, code: str, stored: str) -> bool:
        """Tell whether it is the code; takes as long whether it is or not."""
        return hmac.compare_digest(self.digest(enrolment_id, code), stored)
