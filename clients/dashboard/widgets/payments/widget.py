"""Pay Summary and Current Account: what `clients.dashboard.payments` knows of a person, as cards. Asks it directly, without HTTP."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _

from clients.dashboard.payments import money, words
from clients.dashboard.payments.account import Account
from clients.dashboard.payments.store import Month
from clients.dashboard.payments.till import Till, Wanted
from clients.dashboard.widgets.contract import (
    Action,
    Block,
    Card,
    Chart,
    Fact,
    Facts,
    Item,
    Listing,
    Manifest,
    Paragraph,
    Series,
    Viewer,
    Widget,
)

_MOST_CHARTS = 2
_MOST_DUE = 2
_MOST_MOVEMENTS = 4
_OPEN = ("unpaid", "basket", "pending")


def widgets(till: Till, account: Account, clock: Callable[[], int]) -> tuple[Widget, Widget]:
    """Return both."""
    summary = Manifest(
        id="pay-summary",
        title={"en": "Pay Summary"},
        description={"en": "What is unpaid, in the basket and pending, and what you have paid."},
        subject="payments",
        width=4,
        height=5,
    )
    balance = Manifest(
        id="current-account",
        title={"en": "Current Account"},
        description={"en": "Your balance, the newest movements, and how it came about."},
        subject="payments",
        width=4,
        height=5,
    )
    return Widget(summary, _PaySummary(till, clock)), Widget(balance, _CurrentAccount(account))


class _PaySummary:
    def __init__(self, till: Till, clock: Callable[[], int]) -> None:
        self._till = till
        self._clock = clock

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> Card:  # noqa: ARG002 - there is nothing to choose
        sums = self._till.sums(viewer.sub)
        pages = Action(label=_("Open payments"), url="/payments")
        if not sums:
            text = _("You have no invoices. When a service sends you one, you find it here.")
            return Card(blocks=(Paragraph(text=text),), actions=(pages,))
        facts = tuple(self._fact(state, words.number(sums, state), words.total(sums, state)) for state in _OPEN)
        unpaid, in_basket = words.number(sums, "unpaid"), words.number(sums, "basket")
        charts = _charts(_("Paid by month, %(currency)s"), self._till.paid(viewer.sub))
        basket = (Action(label=_("Go to the basket"), url="/payments/basket", main=True),) if in_basket else ()
        return Card(
            note=_("%(count)s unpaid", count=unpaid) if unpaid else "",
            blocks=(Facts(facts=facts), *self._due_next(viewer.sub), *charts),
            actions=(*basket, pages),
        )

    @staticmethod
    def _fact(state: str, number: int, total: str) -> Fact:
        value = _("%(number)s: %(amount)s", number=number, amount=total) if number else _("None")
        return Fact(label=words.state(state), value=value, tone=words.tone(state) if number else "neutral")

    def _due_next(self, sub: str) -> tuple[Block, ...]:
        found = self._till.page(sub, Wanted("unpaid"), most=_MOST_DUE).invoices
        items = []
        for one in found:
            late = words.is_late(one.due, one.state, self._clock())
            text = _("%(amount)s, due %(day)s", amount=words.amount(one.amount, one.currency), day=words.day(one.due))
            badge = {"badge": _("Overdue"), "tone": "danger"} if late else {}
            items.append(Item(title=one.title, detail=text, url=f"/payments/{one.id}", **badge))
        return (Listing(title=_("To be paid next"), items=tuple(items)),) if items else ()


class _CurrentAccount:
    def __init__(self, account: Account) -> None:
        self._account = account

    def card(self, viewer: Viewer, chosen: Mapping[str, str]) -> Card:  # noqa: ARG002 - there is nothing to choose
        balances = self._account.balances(viewer.sub)
        pages = Action(label=_("Open current account"), url="/payments/account")
        if not balances:
            text = _("You have no current account yet. Deposits and withdrawals are here as soon as there are some.")
            return Card(blocks=(Paragraph(text=text),), actions=(pages,))
        facts = tuple(
            Fact(
                label=_("Balance, %(currency)s", currency=currency),
                value=words.amount(amount, currency),
                tone="danger" if amount < 0 else "neutral",
            )
            for currency, amount in balances.items()
        )
        currency = next(iter(balances))
        items = tuple(
            Item(title=one.text, detail=words.day(one.day), badge=words.signed(one.amount, one.currency))
            for one in self._account.page(viewer.sub, currency, most=_MOST_MOVEMENTS).movements
        )
        chart = _charts(_("Balance at the end of the month, %(currency)s"), self._account.history(viewer.sub, currency))
        return Card(
            blocks=(Facts(facts=facts), Listing(title=_("Newest movements"), items=items), *chart), actions=(pages,)
        )


def _charts(title: str, months: Sequence[Month]) -> list[Chart]:
    """Return a chart for each currency; `title` still has its place for the currency."""
    return [
        Chart(
            title=title % {"currency": currency},
            labels=tuple(words.month(one.month, short=True) for one in found),
            series=(Series(name=currency, values=tuple(float(money.exact(one.amount, currency)) for one in found)),),
            unit=currency,
        )
        for currency, found in list(words.by_currency(months).items())[:_MOST_CHARTS]
    ]
