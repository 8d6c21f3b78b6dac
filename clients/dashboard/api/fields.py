"""Fields that several parts have: whom something is for, a line of text, an address. With them come the sentences of what is wrong."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from config.parsing import LONGEST_TYPED, one_line
from config.shared import is_loopback

LONGEST_LINE = 200
LONGEST_LINK = 2_000
_SUB = r"^[\x21-\x7e]{1,255}$"
_MARKUP = re.compile(r"<[A-Za-z/!?]")
# Browsers read a backslash as a slash and drop white space: an address in which that matters isn't one.
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]+)(?::\d{1,5})?(?:[/?#][^\s\\<>\"\x00-\x20]*)?")


def host_of(address: str) -> str:
    """Return the host that a browser would go to; empty for an address that may not be shown as a link.

    It is https, or in a demonstration this machine. Names are taken as they are in the DNS, in ASCII, so that no letter can pass for another.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return ""
    scheme, host = match.group(1), match.group(2).lower()
    return host if scheme == "https" or is_loopback(host) else ""


def printable(text: str, kept: str = "") -> str:
    """Return a text with spaces for everything that isn't seen, except what is `kept`."""
    return "".join(
        one if one in kept or unicodedata.category(one) not in {"Cc", "Zl", "Zp", "Cs"} else " " for one in text
    )


def line(text: str, empty: str = "Write a text.", longest: int = LONGEST_LINE) -> str:
    """Return one line of plain text; raises ValueError, with the sentence `empty` when nothing is in it."""
    found = one_line(text)
    if not found:
        raise ValueError(empty)
    if len(found) > longest or len(text) > LONGEST_TYPED:
        # Some letters are two or three in this form, so what was sent may have been short enough.
        raise ValueError(f"It has at most {longest:,} characters.")
    if _MARKUP.search(found):
        raise ValueError("This is plain text: leave the HTML out.")
    return found


def _sub(text: str) -> str:
    if not re.fullmatch(_SUB, text):
        raise ValueError("Send the `sub` of an account: up to 255 characters of ASCII without spaces.")
    return text


def _link(address: str) -> str:
    if not host_of(address):
        raise ValueError("Send an https address whose host is written in ASCII, without a user name.")
    return address


Sub = Annotated[
    str,
    AfterValidator(_sub),
    Field(description="Whom it is for: their `sub`.", json_schema_extra={"pattern": _SUB, "maxLength": 255}),
]
Link = Annotated[str, AfterValidator(_link)]
"""An https address."""
