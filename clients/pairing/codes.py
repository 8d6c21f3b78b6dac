"""Access codes: made, normalised, and stored so that nobody can read them back. Pure.

Codes are short, because people type them from a letter. A plain hash of something short is found by trying, a slow one too, and lets a
flood of guesses cost us more than the guesser. So the hash is keyed (HMAC-SHA-256, RFC 2104) with a secret that isn't in the database:
whoever has only the database can't even begin to try, and guessing at the form is what the counters in `attempts` are for.
"""

import hashlib
import hmac
import re
import secrets

from clients.sso.crypto import derive

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what looks or sounds alike."""
LENGTH = 10
"""Characters of a code that is made here: 49 bits."""
_CODE = re.compile(r"[0-9A-Z]{6,32}")


def new_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalised(text: str) -> str:
    """Return what was typed without spaces and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()


def well_formed(code: str) -> bool:
    """Tell whether a normalised code consists of letters and digits, as many as a code may have."""
    return _CODE.fullmatch(code) is not None


class Codes:
    """Hashes codes under the service's own secret."""

    def __init__(self, secret: str) -> None:
        self._key = derive(secret, "access codes")

    def digest(self, office_id: str, code: str) -> str:
        """Return what is stored: bound to the office, so that two offices with one code can't be told by it."""
        return hmac.new(self._key, f"{office_id}\0{code}".encode(), hashlib.sha256).hexdigest()

    def matches(self, office_id: str, code: str, stored: str) -> bool:
        """Tell whether it is the code of that office; takes as long whether it is or not."""
        return hmac.compare_digest(self.digest(office_id, code), stored)
