"""Mailed codes and links. A request's are derived from its id by a key, and kept nowhere: so a second mail about it has the same.

A code has eight characters of 32, 40 bits; it is shown in two groups and read however it was typed. A link has 256 bits.
"""

import base64
import hmac
import secrets
import unicodedata

from keys import encoding, hashing

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without signs that look alike: no 0 and O, no 1 and I."""
LENGTH = 8
_ID_LENGTH = 26
_GROUP = 4
_BITS = 5


class ProofKey:
    """Derives the proofs of requests, and what is stored to recognise them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def request_id(self, content: bytes) -> str:
        """Return the id of a request that is known by all that was typed: nobody makes it without that, and it tells nothing of it."""
        return base64.b32encode(hmac.digest(self._key, b"request " + content, "sha256")).decode().lower()[:_ID_LENGTH]

    def token(self, request_id: str) -> str:
        """Return the secret of a request's link."""
        return encoding.encode(self._derive(f"link {request_id}")).decode()

    def code(self, request_id: str) -> str:
        """Return a request's code."""
        number = int.from_bytes(self._derive(f"code {request_id}")[: LENGTH * _BITS // 8])
        return "".join(ALPHABET[number >> _BITS * place & len(ALPHABET) - 1] for place in range(LENGTH))

    def code_hash(self, request_id: str, code: str) -> str:
        """Return what is stored of a code: without the key it tells nothing, though there are only 2^40."""
        return self._derive(f"{request_id} {code}").hex()

    def hashes(self, request_id: str) -> dict[str, str]:
        """Return the columns `link_hash` and `code_hash` of a request."""
        return {
            "link_hash": hashing.digest(self.token(request_id)),
            "code_hash": self.code_hash(request_id, self.code(request_id)),
        }

    def _derive(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")


def new_code() -> str:
    """Return a random code, for what has no request that it could be derived from."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """Return a code as people read it: `7KQX-M2PA`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))


def read(typed: str) -> str | None:
    """Return the code that was typed, in any case and with any spaces and hyphens; None for what can't be one."""
    code = "".join(sign for sign in unicodedata.normalize("NFKC", typed[:100]).upper() if sign.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
