import pytest

from idp.accounts.identifiers import address_key, masked, normal_address, normal_username, username_key


@pytest.mark.parametrize("typed", ["carla", " carla ", "Carla.B-1_x", "李小龙x", "ｃarla"])
def test_usernames_of_any_script(typed: str) -> None:
    assert normal_username(typed)


@pytest.mark.parametrize(
    "typed", ["", "ab", "a b c", ".carla", "carla-", "carla@example.org", "x" * 65, "car/la", "car\nla"]
)
def test_impossible_usernames(typed: str) -> None:
    assert normal_username(typed) is None


def test_names_that_look_the_same_are_the_same() -> None:
    assert username_key("Straße") == username_key("STRASSE")
    assert username_key("ｃarla") == username_key("Carla")
    assert address_key("Carla@Example.ORG") == address_key("carla@example.org")


def test_addresses() -> None:
    assert normal_address(" Carla@EXAMPLE.org ") == "Carla@example.org"
    for typed in ("", "carla", "carla@", "@example.org", "a b@example.org", "carla@example.org\nBcc: x@example.org"):
        assert normal_address(typed) is None


def test_a_nul_is_no_part_of_a_name() -> None:
    assert username_key("car\0la") == "carla"
    assert address_key("carla@example.org\0") == "carla@example.org"


def test_masked_shows_no_short_name_whole() -> None:
    assert masked("carla@example.org") == "c•••a@example.org"
    assert masked("al@example.org") == "a•••@example.org"
