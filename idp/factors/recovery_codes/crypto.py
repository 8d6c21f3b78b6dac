"""Recovery codes, pure: making, reading and digesting them."""

import hmac
import secrets
from collections.abc import Sequence

from keys import hashing

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without signs that look alike on paper."""
_LENGTH = 16
_GROUP = 4


def new_codes(count: int) -> tuple[str, ...]:
    """Return so many different codes of 79 random bits, in groups of four."""
    made: dict[str, None] = {}
    while len(made) < count:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
        made["-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))] = None
    return tuple(made)


def digest(account_id: str, code: str) -> str:
    """Return the digest of a code, however it was typed. It isn't stored: whoever has a table of them could search for the codes."""
    letters = "".join(letter for letter in code.casefold() if letter in ALPHABET)
    return hashing.digest(f"{account_id} {letters}")


def keyed(key: bytes, code_digest: str) -> str:
    """Return what is stored of a code: worth nothing without the key, which isn't in the database."""
    return hmac.digest(key, code_digest.encode(), "sha256").hex()


def stored_forms(keys: Sequence[bytes], code_digest: str) -> list[str]:
    """Return what a code may be stored as: under the present key first, under one before it, or, from before there was one, without."""
    return [*(keyed(key, code_digest) for key in keys), code_digest]
