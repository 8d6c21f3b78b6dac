"""Identifiers of rows: 128 bits, sortable by the time they were made, safe in a URL.

They name things and are never a secret; bearer secrets come from `keys.hashing`.
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_LENGTH = 26


def new_id() -> str:
    """Return 26 characters: 48 bits of milliseconds, then 80 random ones."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    characters = []
    for _ in range(_LENGTH):
        characters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(characters))
