"""Recovery codes, pure: making, reading and digesting them."""

import secrets

from keys import hashing

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without signs that look alike on paper."""
_LENGTH = 12
_GROUP = 4


def new_codes(count: int) -> tuple[str, ...]:
    """Return so many different codes of 59 random bits, in groups of four."""
    made: dict[str, None] = {}
    while len(made) < count:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
        made["-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))] = None
    return tuple(made)


def digest(account_id: str, code: str) -> str:
    """Return what is stored of a code, however it was typed; random enough for a fast hash."""
    letters = "".join(letter for letter in code.casefold() if letter in ALPHABET)
    return hashing.digest(f"{account_id} {letters}")
