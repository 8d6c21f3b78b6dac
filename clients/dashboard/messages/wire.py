"""What a service sends: every rule about it, in pydantic models, from which the OpenAPI document is made too."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from clients.dashboard.messages import safe_html

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000
LONGEST_LINK = 2_000
MOST_AT_ONCE = 1_000
_MARKUP = re.compile(r"<[A-Za-z/!?]")


def _printable(text: str, kept: str = "") -> str:
    return "".join(
        one if one in kept or unicodedata.category(one) not in {"Cc", "Zl", "Zp", "Cs"} else " " for one in text
    )


def _subject(text: str) -> str:
    line = " ".join(unicodedata.normalize("NFC", _printable(text)).split())
    if not line:
        raise ValueError("Write a subject.")
    if _MARKUP.search(line):
        raise ValueError("A subject is plain text: leave the HTML out.")
    return line


def _body(text: str) -> str:
    lines = _printable(text.replace("\r\n", "\n").replace("\r", "\n"), kept="\n\t")
    if not lines.strip():
        raise ValueError("Write a text.")
    return lines


def _link(address: str) -> str:
    if not safe_html.host_of(address):
        raise ValueError("Send an https address whose host is written in ASCII, without a user name.")
    return address


class NewMessage(BaseModel):
    """One message to one person. Who it is from is in the token."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sub: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$", description="Whom it is for: their `sub`.")]
    subject: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_SUBJECT, description="One line of plain text."),
        AfterValidator(_subject),
    ]
    body: Annotated[
        str, Field(min_length=1, max_length=LONGEST_BODY, description="What it says."), AfterValidator(_body)
    ]
    format: Annotated[
        Literal["text", "html"],
        Field(
            description=f"How `body` is written. Of HTML these stay, without attributes but `href`: {', '.join(sorted(safe_html.TAGS))}."
        ),
    ] = "text"
    link: Annotated[
        Annotated[str, AfterValidator(_link)] | None,
        Field(max_length=LONGEST_LINK, description="Where to go on: an https address. Its host is shown beside it."),
    ] = None
    expires_at: Annotated[
        AwareDatetime | None, Field(description="From then on it is gone (RFC 3339, with a time zone).")
    ] = None
    importance: Annotated[Literal["normal", "high"], Field(description="`high` is marked as important.")] = "normal"


class Batch(BaseModel):
    """Several messages, all or none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    messages: Annotated[list[NewMessage], Field(min_length=1, max_length=MOST_AT_ONCE)]
