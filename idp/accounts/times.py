"""Times as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, get_datetime_format


def written(seconds: int, locale: Locale | str, time_zone: str | None, *, with_zone: bool = False) -> str:
    """Return day, hour and minute in the language's own order; `with_zone` for readers who may be anywhere."""
    moment = datetime.fromtimestamp(seconds, ZoneInfo(time_zone) if time_zone else UTC)
    if isinstance(locale, str):
        locale = Locale.parse(locale, sep="-")
    time = format_time(moment, "short", locale=locale)
    if with_zone:
        time = f"{time} {format_datetime(moment, 'z', locale=locale)}"
    pattern = str(get_datetime_format("medium", locale=locale)).replace("'", "")
    return pattern.replace("{0}", time).replace("{1}", format_date(moment, "medium", locale=locale))
