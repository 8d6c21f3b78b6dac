"""Where a person goes after signing in: a path of this service and nothing else, so that no link leads through us to a trap."""

from urllib.parse import urlsplit

_LONGEST = 2000
_OF_SIGNING_IN = ("/sign-in", "/callback", "/sign-out", "/signed-out")


def local_path(wanted: str, home: str) -> str:
    """Return `wanted` if it is a path (with query) of this origin; otherwise, and for the pages of signing in, `home`."""
    # Browsers read "\" as "/" and skip tabs and line breaks inside an address (WHATWG URL section 4.4).
    harmless = wanted.isprintable() and "\\" not in wanted and len(wanted) <= _LONGEST
    if not harmless or not wanted.startswith("/") or wanted.startswith("//"):
        return home
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path in _OF_SIGNING_IN:
        return home
    return wanted.removesuffix("?")
