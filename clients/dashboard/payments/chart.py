"""Bars of a chart, as the shares of a picture a hundred high. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

HEIGHT = 100
STEP = 20
"""From one bar to the next, in the picture's own unit."""
_WIDTH = 14
_LEAST = 1.5
"""So that a small amount is still seen."""


class Bar(NamedTuple):
    """A rectangle; `below` for an amount under nothing."""

    x: float
    y: float
    width: float
    height: float
    below: bool


class Drawing(NamedTuple):
    """All bars, and the line of nothing."""

    bars: Sequence[Bar]
    width: int
    zero: float


def draw(values: Sequence[int]) -> Drawing:
    """Return the bars of these values; one that is nothing has no height."""
    highest, lowest = max(0, *values, 0), min(0, *values, 0)
    scale = HEIGHT / ((highest - lowest) or 1)
    zero = highest * scale
    bars = []
    for at, value in enumerate(values):
        height = max(abs(value) * scale, _LEAST) if value else 0.0
        top = zero if value < 0 else max(zero - height, 0.0)
        bars.append(Bar(at * STEP + (STEP - _WIDTH) / 2, round(top, 2), _WIDTH, round(height, 2), value < 0))
    return Drawing(bars, len(values) * STEP, round(zero, 2))
