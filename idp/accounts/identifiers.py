"""What people are called: the form of usernames and e-mail addresses, and the keys by which they are compared. Pure.

Two spellings that a person would take for the same name have the same key.
"""

import re

from email_validator import EmailNotValidError, validate_email

from config.parsing import normalize

_USERNAME = re.compile(r"[^\W_](?:[\w.-]{1,62})[^\W_]")
"""3 to 64 letters and digits of any script, with `.`, `-` and `_` inside. No `@`: a username is never an address."""

MAX_IDENTIFIER = 320
"""Longest identifier worth looking up: an e-mail address (RFC 3696 erratum 1690)."""


def normal_username(typed: str) -> str | None:
    """Return the username as it is kept and shown (NFKC), or None when it isn't a possible one."""
    if len(typed) > MAX_IDENTIFIER:
        return None
    username = normalize("NFKC", typed.strip(), limit=MAX_IDENTIFIER)
    return username if _USERNAME.fullmatch(username) else None


def username_key(username: str) -> str:
    """Return what makes two usernames equal."""
    folded = normalize("NFKC", _printable(username), limit=MAX_IDENTIFIER).casefold()
    return normalize("NFKC", folded, limit=MAX_IDENTIFIER)


def normal_address(typed: str) -> str | None:
    """Return the address as it is written to, or None when it isn't one. Looks up no DNS."""
    if len(typed) > MAX_IDENTIFIER:
        return None
    try:
        return validate_email(typed.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def address_key(address: str) -> str:
    """Return what makes two addresses equal.

    The local part is case-folded too: that no two people differ only there is worth more than RFC 5321's permission to.
    """
    return normalize("NFKC", _printable(address), limit=MAX_IDENTIFIER).casefold()


def _printable(text: str) -> str:
    """Return the text without what nobody types: PostgreSQL refuses a NUL."""
    return "".join(character for character in text[:MAX_IDENTIFIER] if character.isprintable()).strip()


def masked(address: str) -> str:
    """Return the address so that its owner knows it and a person looking on doesn't: `a•••e@example.org`."""
    local, _, domain = address.rpartition("@")
    ends = local[:1] + "•••" + (local[-1:] if len(local) > 3 else "")  # noqa: PLR2004 — shorter ones would be all there
    return f"{ends}@{domain}"
