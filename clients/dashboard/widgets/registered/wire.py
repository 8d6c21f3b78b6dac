"""What a service sends to register a widget, checked as far as it can be without knowing which APIs there are."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from clients.dashboard.api.fields import LONGEST_LINE, LONGEST_LINK, line
from clients.dashboard.widgets.contract import COLUMNS, WIDGET_ID, Subject

_MOST_LANGUAGES = 30
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_ID = re.compile(WIDGET_ID)


def check_id(widget_id: str) -> str:
    """Return the name if it is one; raises ValueError."""
    if not _ID.fullmatch(widget_id):
        raise ValueError("A widget’s id has up to 40 lower-case letters, digits and hyphens, and begins with a letter.")
    return widget_id


def _texts(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        raise ValueError("The English text, `en`, is missing: everybody sees it whose language there isn’t.")
    if len(texts) > _MOST_LANGUAGES:
        raise ValueError(f"There are at most {_MOST_LANGUAGES} languages.")
    for tag in texts:
        if not _TAG.fullmatch(tag):
            raise ValueError(f"{tag[:20]!r} is no language tag: write it like en, ar or zh-Hans (BCP 47).")
    return {tag: line(text) for tag, text in texts.items()}


_Texts = Annotated[
    dict[str, Annotated[str, Field(max_length=LONGEST_LINE)]],
    AfterValidator(_texts),
]


class NewWidget(BaseModel):
    """A widget. Its id is in the address."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    title: Annotated[_Texts, Field(description="By language tag (BCP 47), plain text; `en` has to be there.")]
    description: Annotated[_Texts, Field(description="What it is for, in a sentence; by language tag as well.")]
    subject: Annotated[Subject, Field(description="Under which it stands in the side panel.")]
    width: Annotated[int, Field(ge=3, le=COLUMNS, description="Columns of twelve, at first.")] = 4
    height: Annotated[int, Field(ge=1, le=12, description="Rows, at first.")] = 3
    resource: Annotated[
        str,
        Field(max_length=LONGEST_LINK, description="Your API: the audience of the person’s access token (RFC 8707)."),
    ]
    scopes: Annotated[
        tuple[Annotated[str, Field(max_length=100)], ...],
        # Without any the provider would allow all that the portal may do (RFC 6749 section 6).
        Field(min_length=1, max_length=20, description="What the token has to allow, one at least."),
    ]
    data_url: Annotated[
        str, Field(max_length=LONGEST_LINK, description="At or below `resource`: GET with the token answers a Card.")
    ]

    @field_validator("scopes")
    @classmethod
    def _check_once(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(scopes)) < len(scopes):
            raise ValueError("Name each scope once.")
        return scopes

    @field_validator("data_url")
    @classmethod
    def _check_below(cls, data_url: str, info: ValidationInfo) -> str:
        resource = str(info.data.get("resource", data_url))
        rest = data_url.removeprefix(resource)
        path = rest.partition("?")[0]
        if not data_url.startswith(resource) or rest[:1] not in {"", "/", "?"}:
            raise ValueError("It lies at or below `resource`.")
        # Whoever resolves dots or unpacks percent signs must not end up somewhere else.
        if not re.fullmatch(r"[A-Za-z0-9/._~-]*", path) or ".." in path or "//" in path:
            raise ValueError("Its path is letters, digits and hyphens between single slashes.")
        if not re.fullmatch(r"[\x21-\x7e]*", rest) or "#" in rest:
            raise ValueError("It is ASCII without spaces and without a fragment.")
        return data_url
