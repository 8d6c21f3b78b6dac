"""Payment references are ISO 11649's: others can check them, and a slip of the fingers is noticed."""

import re

import pytest

from clients.dashboard.payments import references


@pytest.mark.parametrize(
    "known", ["RF18539007547034", "RF712348231", "RF45G72UUR", "rf18 5390 0754 7034", "RF332348236"]
)
def test_other_people_s_references(known: str) -> None:
    assert references.read(known) == known.replace(" ", "").upper()


def test_ours_can_be_typed_any_way() -> None:
    made = references.new()
    assert re.fullmatch(r"RF\d\d[1-9]\d{15}", made)
    assert references.read(references.grouped(made)) == references.read(f" {made.lower()} ") == made
    assert references.grouped(made) == " ".join(made[at : at + 4] for at in range(0, 20, 4))


def test_every_slip_is_noticed() -> None:
    for made in (references.new() for _ in range(20)):
        for at in range(2, 20):
            for other in set("0123456789") - {made[at]}:
                assert references.read(made[:at] + other + made[at + 1 :]) == "", (made, at, other)
        for at in range(4, 19):
            if made[at] != made[at + 1]:
                assert references.read(made[:at] + made[at + 1] + made[at] + made[at + 2 :]) == "", (made, at)


@pytest.mark.parametrize(
    "odd", ["", "RF", "RF18", "XX18539007547034", "RF18" + "5" * 22, "RF1853900754703ö", "RF18\x00"]
)
def test_no_reference(odd: str) -> None:
    assert references.read(odd) == ""


def test_nobody_can_guess_one() -> None:
    assert len({references.new() for _ in range(1_000)}) == 1_000
