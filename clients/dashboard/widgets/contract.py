"""What a widget is: a manifest that says what it is and needs, and a source that answers with a card, which the portal draws.

The built-in ones and those of other services keep to the same contract; only where the card comes from differs: a function here, or a
data endpoint that is called with the person's access token. A card holds text and addresses, no HTML and no scripts, so that a
service can neither break another's widget nor the page. Nothing here fetches, stores or draws.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, Field

SUBJECTS = ("patents", "trademarks", "designs", "geographical-indications", "payments", "law", "general")
"""Of the side panel, in its order."""
Subject = Literal["patents", "trademarks", "designs", "geographical-indications", "payments", "law", "general"]
COLUMNS = 12
"""Of the grid on a wide screen."""
WIDGET_ID = r"^[a-z][a-z0-9-]{0,39}$"
_MOST = 100
"""Entries of a list, a chart or a choice."""

Line = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(max_length=2_000)]
Address = Annotated[
    str, Field(pattern=r"^(https?://[^\s/?#@\\]+([/?#][^\s\\]*)?|/([^\s/\\][^\s\\]*)?)$", max_length=2_000)
]
"""An absolute address without a user name, or a path of the portal."""
Tone = Literal["neutral", "success", "warning", "danger"]


class _Strict(BaseModel):
    # Of a number without an end no chart can be drawn (RFC 8259 section 6 has none).
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Manifest(_Strict):
    """What a widget is and needs. Titles are by language tag; `en` is always there."""

    id: Annotated[str, Field(pattern=WIDGET_ID)]
    title: dict[str, Line]
    description: dict[str, Line]
    subject: Subject
    width: Annotated[int, Field(ge=3, le=COLUMNS)] = 4
    """Columns at first."""
    height: Annotated[int, Field(ge=1, le=12)] = 3
    """Rows of the grid at first."""
    resource: str = ""
    """The API that its data comes from, the audience of the access token (RFC 8707); empty: the portal itself."""
    scopes: tuple[str, ...] = ()
    """What the access token has to allow."""
    data_url: str = ""
    """Data endpoint, at or below `resource`: `GET` with the token answers a card."""


class Action(_Strict):
    """Where to go on: a button, or a link when it isn't the main one."""

    label: Line
    url: Address
    main: bool = False


class Paragraph(_Strict):
    """Some sentences."""

    type: Literal["text"] = "text"
    text: Text


class Fact(_Strict):
    """A name and its value."""

    label: Line
    value: Line
    tone: Tone = "neutral"


class Facts(_Strict):
    """Names with their values."""

    type: Literal["facts"] = "facts"
    facts: Annotated[tuple[Fact, ...], Field(max_length=_MOST)]


class Item(_Strict):
    """An entry of a list; with `url` its title is a link."""

    title: Line
    detail: Text = ""
    url: Address | None = None
    badge: Annotated[str, Field(max_length=60)] = ""
    tone: Tone = "neutral"
    strong: bool = False
    """New or unread."""


class Listing(_Strict):
    """Entries in their order, or the sentence `empty` when there are none."""

    type: Literal["list"] = "list"
    title: Annotated[str, Field(max_length=200)] = ""
    items: Annotated[tuple[Item, ...], Field(max_length=_MOST)]
    empty: Text = ""


class Series(_Strict):
    """One row of numbers of a chart."""

    name: Line
    values: Annotated[tuple[float, ...], Field(max_length=_MOST)]


class Chart(_Strict):
    """Numbers over labels; drawn, and there as a table too. Each series has a value for each label."""

    type: Literal["chart"] = "chart"
    title: Line
    kind: Literal["bar", "line"] = "bar"
    labels: Annotated[tuple[Line, ...], Field(max_length=_MOST)]
    series: Annotated[tuple[Series, ...], Field(max_length=8)]
    unit: Annotated[str, Field(max_length=20)] = ""


class Option(_Strict):
    """One of the values that can be chosen."""

    value: Annotated[str, Field(max_length=100)]
    label: Line


class Choice(_Strict):
    """A field with what can be chosen; `value` is what was."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: Line
    options: Annotated[tuple[Option, ...], Field(max_length=_MOST)]
    value: Annotated[str, Field(max_length=100)] = ""


class Choices(_Strict):
    """Fields that narrow what the card shows: what is chosen comes with the next call, as parameters of those names."""

    type: Literal["choices"] = "choices"
    choices: Annotated[tuple[Choice, ...], Field(max_length=8)]


Block = Annotated[Paragraph | Facts | Listing | Chart | Choices, Field(discriminator="type")]


class Card(_Strict):
    """What a widget shows now: blocks from top to bottom, then what can be done."""

    note: Annotated[str, Field(max_length=60)] = ""
    """Stands beside the title."""
    blocks: Annotated[tuple[Block, ...], Field(max_length=12)] = ()
    actions: Annotated[tuple[Action, ...], Field(max_length=6)] = ()


class OwnCard(NamedTuple):
    """A card with a template of its own, for built-in widgets that people write or choose in."""

    template: str
    data: Mapping[str, Any]
    note: str = ""


class Viewer(NamedTuple):
    """Who looks at a widget, and in which language."""

    sub: str
    locale: str


class Source(Protocol):
    """Where cards come from."""

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> Card | OwnCard:
        """Return what to show; `chosen` is what the person chose in the card's `Choices`. Raises TroubleError."""


class TroubleError(Exception):
    """Why there is no card now.

    `kind` is `unavailable`, `slow`, `busy`, `wrong` (the answer is no card), `sign-in` (the access ended) or `stronger` (RFC 9470; then
    `acr` and `max_age` say what is needed).
    """

    def __init__(self, kind: str, *, acr: str = "", max_age: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.acr = acr
        self.max_age = max_age


class Widget(NamedTuple):
    """A manifest and where its cards come from. Built-in ones may bring files: addresses of style sheets and of ES modules.

    Cards come and go while the page is open, so a module defines a custom element, which the card's template has.
    """

    manifest: Manifest
    source: Source
    styles: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
