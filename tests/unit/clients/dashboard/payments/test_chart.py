"""Bars stand where their amounts are, above and below nothing."""

from clients.dashboard.payments.chart import HEIGHT, draw
from clients.dashboard.payments.months import last_months, month_of


def test_heights() -> None:
    drawing = draw([100, 0, 50, -100])
    assert drawing.zero == HEIGHT / 2
    assert [one.height for one in drawing.bars] == [50, 0, 25, 50]
    assert [one.y for one in drawing.bars] == [0, 50, 25, 50]
    assert [one.below for one in drawing.bars] == [False, False, False, True]
    assert drawing.width == 80


def test_nothing_at_all() -> None:
    assert draw([]).bars == []
    assert [one.height for one in draw([0, 0]).bars] == [0, 0]
    assert draw([-5]).zero == 0


def test_a_small_amount_is_seen() -> None:
    assert draw([1, 10**9]).bars[0].height > 1


def test_months() -> None:
    assert month_of(1_800_000_000) == "2027-01"
    assert last_months(1_800_000_000, 3) == ["2026-11", "2026-12", "2027-01"]
