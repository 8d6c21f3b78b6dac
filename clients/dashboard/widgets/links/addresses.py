"""Which addresses can be kept, and what they are called when nobody says. Pure."""

import unicodedata
from urllib.parse import urlsplit

from config.parsing import LONGEST_TYPED, one_line

LONGEST_ADDRESS = 2_000
LONGEST_TITLE = 200
_SCHEMES = frozenset({"http", "https"})


def address_of(text: str) -> str:
    """Return the address that somebody means, with `https://` in front when they left it out; empty when it can't be kept."""
    lines = [line.strip() for line in text.splitlines()]
    # What is dropped may be a list with comments (RFC 2483 section 5).
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if not first or len(first) > LONGEST_ADDRESS or any(one.isspace() or not one.isprintable() for one in first):
        return ""
    if "://" not in first:
        first = f"https://{first}"
    try:
        parts = urlsplit(first)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    # A user name in front of the host is how addresses are forged.
    good = parts.scheme.lower() in _SCHEMES and host and "." in host.strip(".") and parts.username is None
    return first if good and "\\" not in first else ""


def title_of(text: str, address: str) -> str:
    """Return a title of one line; the host when there is none."""
    kept = "".join(" " if unicodedata.category(one) == "Cf" else one for one in text[:LONGEST_TYPED])
    return one_line(kept)[:LONGEST_TITLE] or host_of(address)


def host_of(address: str) -> str:
    """Return where an address leads, as people read it."""
    return (urlsplit(address).hostname or "").removeprefix("www.")
