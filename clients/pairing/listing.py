"""The CSV that comes with many files: which file is whose and about when. Pure: it returns what is wrong line by line, and stores nothing."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from clients.pairing.kinds import OLDEST, REPORTS, TYPES, kind_of
from clients.pairing.texts import LONGEST_TITLE, one_line, plain
from config.parsing import PARSER_ERRORS, integer

COLUMNS = ("customer_id", "type", "year", "month", "title", "file")
MOST_LINES = 500
LARGEST = 256 * 1024
"""Bytes of the CSV itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that is right as far as the CSV alone can tell."""

    line: int
    kind: str
    customer_id: str
    type: str
    year: int
    month: int
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a line; 0 is the whole file."""

    line: int
    text: str


def example() -> str:
    """Return a CSV to begin with, in the reader's language."""
    rows = (
        COLUMNS,
        ("12345", "hague", "2026", "9", _("Hague distribution September 2026"), "hague-09.pdf"),
        ("12345", "invoice", "2026", "", _("Invoice 2026"), "invoice.pdf"),
    )
    return "\n".join(",".join(row) for row in rows)


def parse(content: bytes, today: date) -> tuple[list[Entry], list[Mistake]]:
    """Return the lines of a CSV (RFC 4180, UTF-8; with commas or semicolons) that are right, and what is wrong with the others."""
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        found = [name.strip().lower() for name in (first.split(delimiter) if first else [])]
    except PARSER_ERRORS:
        return [], [Mistake(0, _("This is no CSV file in UTF-8."))]
    if found != list(COLUMNS):
        return [], [Mistake(1, _("The first line has to be: %(columns)s", columns=",".join(COLUMNS)))]
    if not rows:
        return [], [Mistake(0, _("There is no document in this file: each one needs a line."))]
    if len(rows) > MOST_LINES:
        return [], [Mistake(0, _("Send at most %(most)d documents at a time.", most=MOST_LINES))]
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    for line, row in enumerate(rows, 2):
        wrong = _wrong(row, today)
        mistakes += [Mistake(line, text) for text in wrong]
        if not wrong:
            entries.append(_entry(line, row))
    return entries, mistakes


def _wrong(row: Mapping[str | None, object], today: date) -> list[str]:
    """Return everything that is wrong with one line."""
    if None in row or any(not isinstance(row.get(name), str) for name in COLUMNS):
        return [_("The line needs %(count)d values.", count=len(COLUMNS))]
    value = {name: str(row[name]).strip() for name in COLUMNS}
    monthly = value["type"] in REPORTS
    in_range = _number(value["year"], OLDEST, today.year + 1)
    checks = (
        (_is_customer_id(value["customer_id"]), _("customer_id has to be 5 or 6 digits.")),
        (value["type"] in TYPES, _("type has to be one of: %(types)s", types=", ".join(TYPES))),
        (in_range, _("year has to be from %(first)d to %(last)d.", first=OLDEST, last=today.year + 1)),
        (
            _number(value["month"], 1, 12) if monthly else not value["month"] or value["type"] not in TYPES,
            _("month has to be from 1 to 12.") if monthly else _("month has to be empty for this type."),
        ),
        (bool(one_line(value["title"])), _("title is missing.")),
        (len(value["title"]) <= LONGEST_TITLE, _("title may have %(max)d characters.", max=LONGEST_TITLE)),
        (plain(value["title"]), _("title has to be plain text, without < and >.")),
        (bool(value["file"]), _("file is missing.")),
    )
    return [text for right, text in checks if not right]


def _entry(line: int, row: Mapping[str | None, object]) -> Entry:
    value = {name: str(row[name]).strip() for name in COLUMNS}
    return Entry(
        line=line,
        kind=kind_of(value["type"]),
        customer_id=value["customer_id"],
        type=value["type"],
        year=int(value["year"]),
        month=int(value["month"] or 0),
        title=one_line(value["title"]),
        file=value["file"],
    )


def _is_customer_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in {5, 6}


def _number(text: str, least: int, most: int) -> bool:
    return integer(text, least=least, most=most) is not None
