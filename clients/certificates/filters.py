"""How times, numbers and keys are written for people."""

import base64
from datetime import UTC, datetime

from flask import Blueprint
from flask_babel import format_date, format_time

from clients.certificates.looking_after import grouped


def install(routes: Blueprint) -> None:
    """Give the app's templates these filters."""
    for one in (day, moment, grouped, base64_of):
        routes.app_template_filter(one.__name__)(one)


def day(seconds: int) -> str:
    """Return a date for people."""
    return str(format_date(datetime.fromtimestamp(seconds, UTC), "long"))


def moment(seconds: int) -> str:
    """Return a time for people. Which zone they are in isn't known here, so it says which one it means."""
    then = datetime.fromtimestamp(seconds, UTC)
    return f"{format_date(then, 'medium')}, {format_time(then, 'short')} UTC"


def base64_of(content: bytes) -> str:
    """Return bytes as the pages' modules read them."""
    return base64.b64encode(content).decode()
