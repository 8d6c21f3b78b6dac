"""A person's current account: what it holds, how that came about month by month, and its movements."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from clients.dashboard.payments import account_store
from clients.dashboard.payments.models import Movement
from clients.dashboard.payments.months import last_months
from clients.dashboard.payments.store import Month

ON_A_PAGE = 25
MONTHS = 12


class Page(NamedTuple):
    """Some of the movements; `more` is where the next page goes on, empty on the last."""

    movements: Sequence[Movement]
    more: str


class Account:
    """The use cases. `clock` returns seconds since the epoch; `sub` is whose account it is."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def balances(self, sub: str) -> dict[str, int]:
        """Return the balance of each currency."""
        return account_store.balances(sub)

    def history(self, sub: str, currency: str) -> list[Month]:
        """Return the balance at the end of each of the last months, or now for the current one."""
        changes = [one for one in account_store.months(sub) if one.currency == currency]
        wanted = last_months(self._clock(), MONTHS)
        return [Month(currency, month, sum(one.amount for one in changes if one.month <= month)) for month in wanted]

    def page(self, sub: str, currency: str, *, after: str = "", most: int = ON_A_PAGE) -> Page:
        """Return up to `most` movements in a currency, newest first; those that come after the movement `after`."""
        found = account_store.list_movements(sub, currency, after=after if after.isprintable() else "", most=most + 1)
        return Page(found[:most], found[most - 1].id if len(found) > most else "")
