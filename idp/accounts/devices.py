"""What a browser calls itself, in words that its owner knows."""

from functools import lru_cache

from ua_parser import parse


@lru_cache(maxsize=512)
def describe(user_agent: str | None) -> str:
    """Return "Firefox, Windows", or an empty string when nothing is known."""
    if not user_agent:
        return ""
    known = parse(user_agent)
    return ", ".join(part.family for part in (known.user_agent, known.os) if part and part.family != "Other")
