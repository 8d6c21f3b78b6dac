"""Usernames that look like another's, or like the staff's (UTS 39)."""

import pytest

from idp.accounts.usernames import confusable_key, is_reserved, is_single_script

RESERVED = ("admin", "support", "root", "help")


@pytest.mark.parametrize(
    "other", ["аlice", "alicе", "aIice", "a1ice", "ALICE", "Alice", "ａｌｉｃｅ", "alıce", "αlice", "𝐚lice", "alіce"]
)
def test_what_looks_like_a_name_has_its_key(other: str) -> None:
    assert confusable_key(other) == confusable_key("alice")


@pytest.mark.parametrize(("one", "other"), [("mark", "rnark"), ("b0b", "bob"), ("olga", "оlga"), ("l0l", "IO1")])
def test_pairs_that_look_alike(one: str, other: str) -> None:
    assert confusable_key(one) == confusable_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("alice", "alicia"), ("jose", "josé"), ("иван", "ивана"), ("王小明", "王小朋"), ("anna", "hanna")],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert confusable_key(one) != confusable_key(other)


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "josé.niño",
        "иван_2",
        "王小明",
        "たなかタナカ田中",
        "tanaka田中",
        "김민준",
        "محمد",
        "משה",
        "ελένη",
        "anna-maria.99",
    ],
)
def test_names_of_the_world_are_of_one_script(name: str) -> None:
    assert is_single_script(name)


@pytest.mark.parametrize("name", ["аlice", "pаypal", "ιvan", "иvan", "محمدabc", "ивaн"])
def test_mixed_scripts(name: str) -> None:
    assert not is_single_script(name)


@pytest.mark.parametrize(
    "name", ["admin", "ADMIN", "аdmin", "adm1n", "Admin2", "ad.min", "s.u.p.p.o.r.t", "root_1", "he1p"]
)
def test_nobody_is_called_like_the_staff(name: str) -> None:
    assert is_reserved(name, RESERVED)


@pytest.mark.parametrize("name", ["administra", "supporter", "rooter", "helpful", "alice"])
def test_a_name_that_only_begins_like_it_is_free(name: str) -> None:
    assert not is_reserved(name, RESERVED)
