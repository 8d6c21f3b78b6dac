"""Two people's, or two tabs', changes of one text as one text, line by line. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

Lines = Sequence[str]
_MOST_LINES = 200
"""That are compared. The time that it takes grows with the cube of their number, and people choose what they send."""


class _Same(NamedTuple):
    """Lines that neither change touched: where they begin in each text, and how many."""

    base: int
    mine: int
    theirs: int
    size: int


def joined(base: str, mine: str, theirs: str) -> str:
    """Return two changes of `base` as one text.

    Where only one of them changed something, that holds; what both changed is there twice, theirs first. Nothing that stands in
    either is left out, unless the other took it away.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    return "\n".join(_merged(base.split("\n"), mine.split("\n"), theirs.split("\n")))


def _merged(base: Lines, mine: Lines, theirs: Lines) -> list[str]:
    all_three = (base, mine, theirs)
    head = _alike(zip(*all_three, strict=False))
    tail = _alike(zip(*(reversed(one[head:]) for one in all_three), strict=False))
    return [*base[:head], *_compared(*(one[head : len(one) - tail] for one in all_three)), *base[len(base) - tail :]]


def _alike(lines: Iterable[tuple[str, ...]]) -> int:
    """Return how many of them are the same in all texts before the first that isn't."""
    return sum(1 for _ in takewhile(lambda one: len(set(one)) == 1, lines))


def _compared(base: Lines, mine: Lines, theirs: Lines) -> list[str]:
    if max(len(base), len(mine), len(theirs)) > _MOST_LINES:
        return _changed(base, mine, theirs)
    lines: list[str] = []
    at = _Same(0, 0, 0, 0)
    for same in _same(base, mine, theirs):
        lines += _changed(base[at.base : same.base], mine[at.mine : same.mine], theirs[at.theirs : same.theirs])
        lines += base[same.base : same.base + same.size]
        at = _Same(same.base + same.size, same.mine + same.size, same.theirs + same.size, 0)
    return lines


def _changed(base: Lines, mine: Lines, theirs: Lines) -> list[str]:
    if mine in (base, theirs):
        return list(theirs)
    return list(mine) if theirs == base else [*theirs, *mine]


def _same(base: Lines, mine: Lines, theirs: Lines) -> Iterator[_Same]:
    """Yield what all three have in common, in order; the last one is empty and stands at the end."""
    ours = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    others = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    left = right = 0
    while left < len(ours) and right < len(others):
        one, other = ours[left], others[right]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield _Same(start, one.b + start - one.a, other.b + start - other.a, end - start)
        if one.a + one.size < other.a + other.size:
            left += 1
        else:
            right += 1
    yield _Same(len(base), len(mine), len(theirs), 0)
