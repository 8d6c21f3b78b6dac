"""Where a person may be sent on to. Pure."""

from urllib.parse import urlsplit


def own_path(target: str) -> str:
    """Return `target` when it is a path on this host, otherwise an empty text: never a way to somebody else's page."""
    # Browsers read a backslash as a slash and drop control characters, so `/\evil` and `/\t/evil` leave the host.
    if not target.startswith("/") or target[1:2] in {"/", "\\"} or not target.isprintable():
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target
