"""What a service sends: every rule about it, in pydantic models."""

import re
import unicodedata
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config.parsing import is_visible
from config.shared import is_loopback

MOST_AT_ONCE = 100
_MARKUP = re.compile(r"<[A-Za-z/!?]")
# Browsers read a backslash as a slash and drop white space: an address in which that matters isn't one.
_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#][\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x7e]*)?"
)
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def _line(text: str) -> str:
    if any(unicodedata.category(one) in _UNPRINTABLE or one in _REORDERING for one in text):
        raise ValueError("It has line breaks, control characters or characters that change the direction of text.")
    if _MARKUP.search(text):
        raise ValueError("It is plain text: leave the HTML out.")
    line = " ".join(text.split())
    if not is_visible(line):
        raise ValueError("It is empty.")
    return line


def _link(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("Send an https address in ASCII, without a user name.")
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("Send an https address; http is only for loopback.")
    return address


def origin_of(address: str) -> str:
    """Return scheme, host and port of an http(s) address in one form (RFC 6454 section 4); empty for any other."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if port and parts.hostname else ""


Link = Annotated[str, Field(max_length=2_000), AfterValidator(_link)]


class Notice(BaseModel):
    """One notice to one person."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    """The service's own name for it: the same notice again does nothing, another one of the same name is refused."""
    sub: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")]
    """Whom it is for."""
    service: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")] | None = None
    """Who writes, by `client_id`, when it isn't the service that calls; people read the name that is registered of it."""
    subject: Annotated[str, Field(max_length=200), AfterValidator(_line)]
    """What about: one line of plain text."""
    link: Link
    """Where it can be read."""
    channels: Annotated[frozenset[Literal["email", "push"]], Field(min_length=1, strict=False)]
    """How they want to hear of it."""
    category: Literal["message", "security"] = "message"
    """`security` is for services with the right to it, and counted apart for each, so that no flood of anything can hide it."""


class Batch(BaseModel):
    """Several notices, all or none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    notices: Annotated[list[Notice], Field(min_length=1, max_length=MOST_AT_ONCE)]
    inbox: Link
    """Where everything can be read."""
    settings: Link
    """Where people change what they get."""

    def strangers(self, origins: frozenset[str]) -> list[str]:
        """Return the fields whose link lies elsewhere than at one of these origins."""
        links = [("inbox", self.inbox), ("settings", self.settings)]
        links += [(f"notices.{number}.link", notice.link) for number, notice in enumerate(self.notices)]
        return [field for field, address in links if origin_of(address) not in origins]
