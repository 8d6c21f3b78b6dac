"""Codes that are mailed and typed: 40 random bits in eight letters and digits, none of which looks like another."""

import secrets
import unicodedata

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 8


def new_code() -> str:
    """Return a code, as it is compared."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def grouped(code: str) -> str:
    """Return a code as people read it: `7KX2-M9QF`."""
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def typed(text: str) -> str:
    """Return what a person typed, in the form of `new_code`: any case, with or without what stands between the groups."""
    text = unicodedata.normalize("NFKC", text[: 4 * _LENGTH]).upper()
    return "".join(character for character in text if character.isalnum())[: 2 * _LENGTH]
