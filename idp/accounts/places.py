"""Where a network address is, for people: "Geneva, Switzerland", from a database of cities that lies beside the program.

It is a guess, good enough to say "that wasn't me", and never a reason to refuse anything. Without a database nothing is guessed, and
nothing is ever asked over the network.
"""

from pathlib import Path
from typing import Any

import maxminddb
from babel import Locale
from flask_babel import get_locale

from config.errors import ConfigError


class Places:
    """Reads a MaxMind database of cities (`.mmdb`); with None it knows no place."""

    def __init__(self, database: Path | None) -> None:
        self._reader: maxminddb.Reader | None = None
        if database is not None:
            try:
                self._reader = maxminddb.open_database(str(database), maxminddb.MODE_MMAP)
            except (OSError, maxminddb.InvalidDatabaseError) as error:
                raise ConfigError(
                    f"geoip_database is {database}, which can't be read: set IDP_GEOIP_DATABASE to a .mmdb file, or unset it."
                ) from error

    def name(self, ip: str | None, locale: str = "en") -> str:
        """Return the place in this language, as far as it is known; an empty text when nothing is."""
        record = self._find(ip)
        country = str(record.get("country", {}).get("iso_code", ""))
        territory = Locale.parse(locale, sep="-").territories.get(country, country)
        names = record.get("city", {}).get("names", {})
        return ", ".join(part for part in (names.get(locale) or names.get("en", ""), territory) if part)

    def describe(self, ip: str | None, locale: str = "en") -> str:
        """Return place and address, or the address alone."""
        place = self.name(ip, locale)
        return f"{place} ({ip})" if place else ip or ""

    def describe_here(self, ip: str | None) -> str:
        """Return the same in the reader's language."""
        return self.describe(ip, str(get_locale() or "en").replace("_", "-"))

    def _find(self, ip: str | None) -> dict[str, Any]:
        if self._reader is None or not ip:
            return {}
        try:
            found = self._reader.get(ip)
        except ValueError:  # no address, or IPv6 in a database without it
            return {}
        return found if isinstance(found, dict) else {}
