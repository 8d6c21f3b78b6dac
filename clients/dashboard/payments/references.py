"""Payment references by ISO 11649: `RF`, two check digits, and here sixteen digits that nobody can guess. Pure but for the random ones.

Digits alone: every keyboard in every script has them, no letter looks like another, and some banks take nothing else. Among digits the
check digits show every single mistyped one and every two that were swapped (ISO 7064), which they don't among letters and digits.
"""

import secrets

_LENGTH = 16
"""53 bits. A reference opens nothing: only the person whose it is sees what it is for."""
_GROUP = 4


def new() -> str:
    """Return a new reference, without spaces; it begins with no zero, which some programs would drop."""
    least = 10 ** (_LENGTH - 1)
    body = str(least + secrets.randbelow(9 * least))
    return f"RF{_check_digits(body)}{body}"


def read(typed: str) -> str:
    """Return a reference as it is stored, however it was typed; empty when its check digits are wrong."""
    found = "".join(typed.split()).upper()
    if not (found.isascii() and found.isalnum() and found.startswith("RF") and 5 <= len(found) <= 25):  # noqa: PLR2004 - ISO 11649
        return ""
    return found if found[2:4] == _check_digits(found[4:]) else ""


def grouped(reference: str) -> str:
    """Return it as people read and type it, in groups of four."""
    return " ".join(reference[at : at + _GROUP] for at in range(0, len(reference), _GROUP))


def _check_digits(body: str) -> str:
    """Return the digits that make the whole 1 modulo 97, letters counted from A = 10 (ISO 7064, MOD 97-10)."""
    number = int("".join(str(int(one, 36)) for one in f"{body}RF00"))
    return f"{98 - number % 97:02}"
