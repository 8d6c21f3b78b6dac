"""Months as texts like 2030-01, which sort as they follow each other. Pure."""

from datetime import UTC, datetime


def month_of(seconds: int) -> str:
    """Return the month of a moment, in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m}"


def last_months(seconds: int, number: int) -> list[str]:
    """Return that many months, the last one being that of the moment."""
    now = datetime.fromtimestamp(seconds, UTC)
    last = now.year * 12 + now.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(last - number + 1, last + 1)]
