"""The cards of Pay Summary and Current Account say what the pages say, to whom it belongs."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from clients.dashboard.payments.account import Account
from clients.dashboard.payments.posting import Posting
from clients.dashboard.payments.till import Till
from clients.dashboard.payments.wire import NewInvoice, NewMovement
from clients.dashboard.widgets.contract import Card, Chart, Facts, Listing, Paragraph, Viewer
from clients.dashboard.widgets.payments.widget import widgets

NOW = 1_800_000_000
ALICE, BOB = Viewer("alice", "en"), Viewer("bob", "en")
Show = Callable[..., tuple[Card, Card]]


@pytest.fixture
def show(app: Flask) -> Show:
    """Return both cards of somebody."""

    def run(viewer: Viewer = ALICE) -> tuple[Card, Card]:
        with app.test_request_context():
            summary, account = widgets(Till(lambda: NOW), Account(lambda: NOW), lambda: NOW)
            return summary.source.card(viewer, {}), account.source.card(viewer, {})  # type: ignore[return-value]

    return run


@pytest.fixture
def filled(app: Flask) -> None:
    posting = Posting(lambda: NOW)

    def invoice(number: int, **changes: Any) -> NewInvoice:
        usual = {"sub": "alice", "reference": f"R{number}", "title": f"Fee {number}", "currency": "CHF", "amount": "10"}
        return NewInvoice.model_validate(usual | {"due": "2027-02-01"} | changes, strict=False)

    def movement(number: int, **changes: Any) -> NewMovement:
        usual = {"sub": "alice", "reference": f"M{number}", "text": f"Move {number}", "currency": "CHF", "amount": "50"}
        return NewMovement.model_validate(usual | {"kind": "deposit", "date": "2027-01-02"} | changes, strict=False)

    with app.app_context():
        paid = {"state": "paid", "paid_on": "2026-12-01"}
        invoices = [invoice(1), invoice(2, due="2020-01-01"), invoice(3, **paid), invoice(4, currency="EUR")]
        ids = posting.post_invoices("fees", invoices, key="", sent=b"1")
        Till(lambda: NOW).move("alice", ids[:1], "basket")
        moves = [movement(1), movement(2, kind="withdrawal", amount="80"), movement(3, currency="EUR")]
        posting.post_movements("bank", moves, key="", sent=b"2")


def blocks(card: Card, kind: type) -> list[Any]:
    return [one for one in card.blocks if isinstance(one, kind)]


@pytest.mark.usefixtures("filled")
def test_pay_summary(show: Show) -> None:
    card = show()[0]
    facts = {one.label: one for one in blocks(card, Facts)[0].facts}
    assert facts["Unpaid"].value.replace("\xa0", " ") == "2: CHF 10.00 + €10.00"
    assert facts["Unpaid"].tone == "warning"
    assert facts["In the basket"].value.replace("\xa0", " ") == "1: CHF 10.00"
    assert facts["Pending"].value == "None"
    (due,) = blocks(card, Listing)
    assert [(one.title, one.badge) for one in due.items] == [("Fee 2", "Overdue"), ("Fee 4", "")]
    (chart,) = blocks(card, Chart)
    assert (chart.title, chart.unit, len(chart.labels)) == ("Paid by month, CHF", "CHF", 12)
    assert chart.series[0].values[-2:] == (10.0, 0.0)
    assert [(one.url, one.main) for one in card.actions] == [("/payments/basket", True), ("/payments", False)]
    assert card.note == "2 unpaid"


@pytest.mark.usefixtures("filled")
def test_current_account(show: Show) -> None:
    card = show()[1]
    facts = [(one.label, one.value.replace("\xa0", " "), one.tone) for one in blocks(card, Facts)[0].facts]
    assert facts == [("Balance, CHF", "-CHF 30.00", "danger"), ("Balance, EUR", "€50.00", "neutral")]
    (newest,) = blocks(card, Listing)
    assert [(one.title, one.badge.replace("\xa0", " ")) for one in newest.items] == [
        ("Move 2", "-CHF 80.00"),
        ("Move 1", "+CHF 50.00"),
    ]
    assert blocks(card, Chart)[0].series[0].values[-1] == -30.0


@pytest.mark.usefixtures("filled")
def test_somebody_else_sees_nothing_of_it(show: Show) -> None:
    for card in show(BOB):
        assert [type(one) for one in card.blocks] == [Paragraph]
        assert len(card.actions) == 1
