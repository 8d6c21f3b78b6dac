"""Amounts are exact in every currency, and what isn't one is refused with a sentence."""

import pytest
from babel import Locale
from babel.numbers import get_currency_precision

from clients.dashboard.payments import money

USUALLY_WITHOUT = {"AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER", "IQD"}
"""ISO 4217 gives these decimals that nobody uses any more, which is what Babel goes by."""


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120.50", "CHF", 12050),
        ("120.5", "CHF", 12050),
        ("120", "CHF", 12000),
        ("0.01", "EUR", 1),
        ("5000", "JPY", 5000),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("9999999999999.99", "USD", 999999999999999),
    ],
)
def test_read(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor
    assert money.parse(money.text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("1.005", "CHF", "CHF has 2 decimals."),
        ("1.0", "JPY", "JPY has no decimals."),
        ("1.2345", "KWD", "KWD has 3 decimals."),
        ("0.00", "CHF", "It is more than nothing."),
        ("10000000000000", "CHF", "It is too large."),
        *(
            (odd, "CHF", "Write digits")
            for odd in ("", "-1", "+1", "1,50", "1e3", ".5", "1.", "NaN", "1 000", "١٢", "1\n")
        ),
    ],
)
def test_refused(text: str, currency: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        money.parse(text, currency)


def test_decimals_are_the_standard_s() -> None:
    assert len(money.currencies()) > 140
    assert money.currencies() >= {"CHF", "EUR", "JPY", "KWD", "USD"}
    assert not money.currencies() & {"DEM", "XXX", "XAU", "chf"}
    others = {code for code in money.currencies() if money.decimals(code) != get_currency_precision(code)}
    assert others <= USUALLY_WITHOUT


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (12050, "CHF", "en", "CHF 120.50"),
        (-12050, "EUR", "en", "-€120.50"),
        (5000, "JPY", "en", "¥5,000"),
        (1234, "KWD", "en", "KWD 1.234"),
        (1234567, "EUR", "de", "12.345,67 €"),
        (100, "LBP", "en", "LBP 1.00"),
    ],
)
def test_shown(minor: int, currency: str, locale: str, shown: str) -> None:
    assert money.shown(minor, currency, Locale.parse(locale)).replace("\xa0", " ") == shown


def test_a_currency_that_has_ended_is_refused() -> None:
    assert not {"BGN", "HRK", "DEM", "ANG", "SLL", "ZWL"} & money.currencies()
    assert {"EUR", "CHF", "XCG", "SLE"} <= money.currencies()
