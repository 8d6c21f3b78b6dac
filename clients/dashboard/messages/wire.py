"""What a service sends: every rule about it, in pydantic models, from which the OpenAPI document is made too."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from clients.dashboard.api.fields import LONGEST_LINE, LONGEST_LINK, Link, Sub, line, printable
from clients.dashboard.messages import safe_html
from config.parsing import is_visible

LONGEST_BODY = 20_000
MOST_AT_ONCE = 1_000


def _subject(text: str) -> str:
    return line(text, "Write a subject.")


def _body(text: str) -> str:
    lines = printable(text.replace("\r\n", "\n").replace("\r", "\n"), kept="\n\t")
    if not is_visible(lines):
        raise ValueError("Write a text.")
    return lines


class NewMessage(BaseModel):
    """One message to one person. Who it is from is in the token."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sub: Sub
    subject: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_LINE, description="One line of plain text."),
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
        Link | None,
        Field(max_length=LONGEST_LINK, description="Where to go on: an https address. Its host is shown beside it."),
    ] = None
    expires_at: Annotated[
        AwareDatetime | None, Field(description="From then on it is gone (RFC 3339, with a time zone).")
    ] = None
    category: Annotated[
        Literal["message", "security"],
        Field(
            description="`security` can't be muted and always goes by mail too; only services that may send such use it."
        ),
    ] = "message"
    notified: Annotated[
        bool, Field(description="With `security`: the person was told already, so nothing goes out but this message.")
    ] = False
    importance: Annotated[Literal["normal", "high"], Field(description="`high` is marked as important.")] = "normal"


class Batch(BaseModel):
    """Several messages, all or none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    messages: Annotated[list[NewMessage], Field(min_length=1, max_length=MOST_AT_ONCE)]
