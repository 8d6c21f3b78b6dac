"""Identifiers of rows: 128 bits, sortable by the time they were made, safe in a URL.

They name things and are never a secret; bearer secrets come from `keys.hashing`.
"""

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)


def new_id() -> str:
    """Return 26 characters: 48 bits of milliseconds, then 80 random ones."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    # Two characters at a time: every request makes a few of these.
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])
