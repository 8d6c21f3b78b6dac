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


def test_texts_of_very_many_lines_take_no_time() -> None:
    # Compared line by line, these would take hours.
    line, lines = "x\n", 9_000
    both = joined(line * lines, f"{line * lines}mine", "x\ny\n" * lines)
    assert both.count("y\n") == lines
    assert both.endswith("mine")


def test_only_what_differs_is_compared() -> None:
    lines = [f"{number}" for number in range(5_000)]
    base, mine, theirs = "\n".join(lines), "\n".join(["mine", *lines]), "\n".join([*lines, "theirs"])
    assert joined(base, mine, theirs).split("\n") == [*lines, "theirs", "mine", *lines]
    far = [*lines[:2_500], "mine", *lines[2_501:]]
    near = [*lines[:2_502], "theirs", *lines[2_503:]]
    expected = [*lines[:2_500], "mine", lines[2_501], "theirs", *lines[2_503:]]
    assert joined(base, "\n".join(far), "\n".join(near)).split("\n") == expected
