"""How payments are called and written on pages and in widgets, in the reader's language."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from clients.dashboard.payments import money
from clients.dashboard.payments.store import Month, Sum
from clients.dashboard.widgets.contract import Tone

_TONES: dict[str, Tone] = {"unpaid": "warning", "paid": "success"}


def amount(minor: int, currency: str) -> str:
    """Return an amount."""
    return money.shown(minor, currency, get_locale())


def signed(minor: int, currency: str) -> str:
    """Return an amount that came in or went out."""
    return f"{'+' if minor > 0 else ''}{amount(minor, currency)}"


def day(one: date) -> str:
    """Return a calendar day."""
    return str(format_date(one, "medium"))


def month(name: str, *, short: bool = False) -> str:
    """Return a month of `months`, short or with its year."""
    first = date(int(name[:4]), int(name[5:]), 1)
    return str(format_date(first, "LLL" if short else "LLLL y"))


def state(name: str) -> str:
    """Return what a state is called."""
    names = {
        "unpaid": _("Unpaid"),
        "basket": _("In the basket"),
        "pending": _("Pending"),
        "paid": _("Paid"),
        "cancelled": _("Cancelled"),
    }
    return names[name]


def tone(name: str) -> Tone:
    """Return how a state looks."""
    return _TONES.get(name, "neutral")


def total(sums: Sequence[Sum], wanted: str) -> str:
    """Return what the invoices in a state come to, currency by currency; empty when there are none."""
    return " + ".join(amount(one.amount, one.currency) for one in sums if one.state == wanted)


def number(sums: Sequence[Sum], wanted: str = "") -> int:
    """Return how many invoices are in a state, or in all of them."""
    return sum(one.number for one in sums if not wanted or one.state == wanted)


def is_late(due: date, state: str, now: int) -> bool:
    """Tell whether an invoice should have been paid by now."""
    return state in {"unpaid", "basket"} and due < datetime.fromtimestamp(now, UTC).date()


def by_currency(months: Sequence[Month]) -> dict[str, list[Month]]:
    """Return what there is of each currency."""
    return {
        name: [one for one in months if one.currency == name] for name in dict.fromkeys(one.currency for one in months)
    }
