"""Payment references are ISO 11649's: others can check them, and a slip of the fingers is noticed."""

import pytest

from clients.dashboard.payments import references


@pytest.mark.parametrize(
    "known", ["RF18539007547034", "RF712348231", "RF45G72UUR", "rf18 5390 0754 7034", "RF332348236"]
)
def test_other_people_s_references(known: str) -> None:
    assert references.read(known) == known.replace(" ", "").upper()


def test_ours_can_be_typed_any_way() -> None:
    made = references.new()
    assert (len(made), made[:2]) == (16, "RF")
    assert references.read(references.grouped(made)) == references.read(f" {made.lower()} ") == made
    assert references.grouped(made) == f"{made[:4]} {made[4:8]} {made[8:12]} {made[12:]}"


def test_a_slip_is_noticed() -> None:
    made = references.new()
    for at in range(4, 16):
        for other in "2Z":
            if made[at] != other:
                assert references.read(made[:at] + other + made[at + 1 :]) == "", (made, at, other)
    for at in range(4, 15):
        if made[at] != made[at + 1]:
            assert references.read(made[:at] + made[at + 1] + made[at] + made[at + 2 :]) == ""


@pytest.mark.parametrize(
    "odd", ["", "RF", "RF18", "XX18539007547034", "RF18" + "5" * 22, "RF1853900754703ö", "RF18\x00"]
)
def test_no_reference(odd: str) -> None:
    assert references.read(odd) == ""


def test_nobody_can_guess_one() -> None:
    assert len({references.new() for _ in range(1_000)}) == 1_000
    assert not set("".join(references.new()[4:] for _ in range(100))) & set("01IO")
