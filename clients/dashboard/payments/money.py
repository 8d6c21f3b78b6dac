"""Amounts: decimal text on the wire, integers of the currency's minor unit in the database, the reader's own way on pages. Pure.

Minor units are ISO 4217's and stand here: the locale data that Babel brings says how many decimals are usual (none for LBP or IQD) and
may change with an update, and a stored amount must not change its meaning then.
"""

import re
from copy import copy
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global

MOST = 10**15
"""Of minor units in one amount."""
MOST_AT_ONCE = 10**18
"""Of minor units that are paid with one reference: what a column of 64 bits holds. Sums over all of a person's may be larger (`store.total`)."""
_OTHER_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_MOST_COMMON = 2
_ENDED = frozenset({"BGN"})
"""Currencies that have ended since Babel's data were written: Bulgaria has the euro since 2026."""
_AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d{1,4}))?")


def currencies() -> frozenset[str]:
    """Return the codes of currencies that somewhere are legal tender today."""
    return _in_use()


@cache
def _in_use() -> frozenset[str]:
    lists = get_global("territory_currencies").values()
    return frozenset(code for one in lists for code, _start, end, tender in one if end is None and tender) - _ENDED


def decimals(currency: str) -> int:
    """Return how many decimals an amount in that currency has."""
    return _OTHER_DECIMALS.get(currency, _MOST_COMMON)


def parse(text: str, currency: str) -> int:
    """Return an amount like `12.50` in minor units; raises ValueError with a sentence for whoever sent it."""
    match, places = _AMOUNT.fullmatch(text), decimals(currency)
    if match is None or not text.isascii():
        raise ValueError("Write digits with a point before the decimals, for example 12.50.")
    fraction = match.group(2) or ""
    if len(fraction) > places:
        raise ValueError(f"{currency} has {places} decimals." if places else f"{currency} has no decimals.")
    minor = int(match.group(1)) * 10**places + int(fraction.ljust(places, "0") or 0)
    if not 0 < minor < MOST:
        raise ValueError("It is more than nothing." if minor == 0 else "It is too large.")
    return minor


def text(minor: int, currency: str) -> str:
    """Return an amount as it is on the wire, with all decimals of its currency."""
    return str(exact(minor, currency))


def exact(minor: int, currency: str) -> Decimal:
    """Return an amount in the currency's main unit."""
    return Decimal(minor).scaleb(-decimals(currency))


def shown(minor: int, currency: str, locale: Locale) -> str:
    """Return an amount for people who read that language."""
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals(currency),) * 2
    made = str(pattern.apply(exact(minor, currency), locale, currency=currency, currency_digits=False))
    # As Unicode's locale data has it ("alphaNextToNumber"), which Babel doesn't read: letters keep their distance from digits.
    return re.sub(rf"({currency})(?=\d)", "\\1\N{NO-BREAK SPACE}", made)
