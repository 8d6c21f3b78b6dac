"""The words of this service: who has documents, of which types, about when. Pure, apart from their names for people."""

from dataclasses import dataclass
from datetime import date

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

OFFICE = "office"
STATE = "state"

REPORTS: dict[str, LazyString] = {
    "hague": _l("Hague"),
    "lisbon-madrid": _l("Lisbon & Madrid"),
    "pct": _l("PCT"),
    "other": _l("Other"),
}
"""Types of distribution reports, which offices get every month."""
CONTRIBUTIONS: dict[str, LazyString] = {
    "invoice": _l("Invoice"),
    "statement": _l("Statement"),
    "receipt": _l("Receipt"),
    "reminder": _l("Reminder"),
}
"""Kinds of papers on a member state's annual contribution."""
TYPES = REPORTS | CONTRIBUTIONS
OLDEST = 1990
"""No document is about an earlier year."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the two halves of the service: who is paired and what they get to see."""

    kind: str
    types: dict[str, LazyString]
    monthly: bool


SECTIONS = {OFFICE: Section(OFFICE, REPORTS, monthly=True), STATE: Section(STATE, CONTRIBUTIONS, monthly=False)}


def kind_of(document_type: str) -> str:
    """Return whose documents are of that type."""
    return OFFICE if document_type in REPORTS else STATE


def month_name(month: int) -> str:
    """Return a month (1 to 12) in the reader's language."""
    return format_date(date(2000, month, 1), "LLLL")


def period(year: int, month: int) -> str:
    """Return what a document is about, for people; month 0 is the whole year."""
    return format_date(date(year, month, 1), "LLLL y") if month else str(year)
