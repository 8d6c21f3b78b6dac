"""Two changes of one text as one: nothing that was typed is lost."""

import random

import pytest

from clients.dashboard.widgets.notepad.merge import joined


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("a", "a", "b", "b"),
        ("a", "b", "a", "b"),
        ("a", "b", "b", "b"),
        ("", "mine", "theirs", "theirs\nmine"),
        ("one\ntwo\nthree", "ONE\ntwo\nthree", "one\ntwo\nTHREE", "ONE\ntwo\nTHREE"),
        ("one\ntwo", "one\ntwo\nmine", "theirs\none\ntwo", "theirs\none\ntwo\nmine"),
        ("one\ntwo", "one\ntwo\nmine", "one\ntwo\ntheirs", "one\ntwo\ntheirs\nmine"),
        ("one\ntwo\nthree", "one\nthree", "one\ntwo\nthree\nfour", "one\nthree\nfour"),
        ("one", "", "one\ntwo", "one\ntwo\n"),
    ],
)
def test_joined(base: str, mine: str, theirs: str, both: str) -> None:
    assert joined(base, mine, theirs) == both


def test_what_either_added_is_there() -> None:
    chance = random.Random(7)
    for _ in range(300):
        base = [chance.choice("abcde") for _ in range(chance.randrange(8))]
        texts = []
        for name in ("mine", "theirs"):
            lines = list(base)
            for number in range(chance.randrange(4)):
                lines.insert(chance.randrange(len(lines) + 1), f"{name} {number}")
            texts.append(lines)
        mine, theirs = texts
        both = joined("\n".join(base), "\n".join(mine), "\n".join(theirs)).split("\n")
        added = {line for line in [*mine, *theirs] if line not in base}
        assert added <= set(both)
        assert sum(both.count(line) for line in added) == len(added)
