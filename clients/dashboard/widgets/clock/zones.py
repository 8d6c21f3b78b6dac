"""Cities and their time zones (IANA), as people of a language call them. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_datetime, format_skeleton, get_timezone_gmt, get_timezone_location

_CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
SUGGESTED = ("Europe/Zurich", "America/New_York", "Asia/Tokyo")


class Shown(NamedTuple):
    """What a clock says."""

    city: str
    time: str
    day: str
    offset: str


@lru_cache
def names() -> frozenset[str]:
    """Return the zones that can be chosen."""
    return frozenset(one for one in available_timezones() if one.partition("/")[0] in _CONTINENTS)


@lru_cache(maxsize=16)
def choices(locale: str) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Return continents with their zones and cities, in the order of the cities' names."""
    found: dict[str, list[tuple[str, str]]] = {continent: [] for continent in _CONTINENTS}
    for zone in names():
        found[zone.partition("/")[0]].append((zone, city(zone, locale)))
    return tuple((name, tuple(sorted(there, key=lambda one: one[1]))) for name, there in found.items() if there)


@lru_cache(maxsize=4096)
def city(zone: str, locale: str) -> str:
    """Return what a zone's city is called."""
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)


def shown(zone: str, now: int, locale: str) -> Shown:
    """Return what the clock of a zone says at `now`, seconds since the epoch."""
    place = ZoneInfo(zone)
    then = datetime.fromtimestamp(now, UTC)
    return Shown(
        city(zone, locale),
        format_skeleton("Hm", then, tzinfo=place, locale=locale),
        format_datetime(then, "EEE, d MMM", tzinfo=place, locale=locale),
        get_timezone_gmt(then.astimezone(place), locale=locale),
    )
