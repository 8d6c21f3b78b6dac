"""What a request asks of the person, and the levels that both sides of the port have to agree on."""

import itertools

import pytest

from config.clients import ConfiguredClient
from idp.accounts import strength
from idp.oauth.ports import ACR_VALUES, STRONG_METHODS, Asked, reaches


def asked(*acr_values: str) -> Asked:
    return Asked("c", "C", first_party=True, scope=(), acr_values=acr_values)


@pytest.mark.parametrize(
    ("values", "wanted", "floor"),
    [
        ((), "", ""),
        (("aal2",), "aal2", "aal2"),
        (("aal2", "aal1"), "aal2", "aal1"),
        (("aal1", "aal3", "aal2"), "aal1", "aal1"),
        (("aal3", "aal2"), "aal3", "aal2"),
    ],
)
def test_the_first_is_tried_for_and_the_weakest_accepted(values: tuple[str, ...], wanted: str, floor: str) -> None:
    assert (asked(*values).acr_wanted, asked(*values).acr_floor) == (wanted, floor)


def test_levels_are_those_of_the_accounts() -> None:
    assert ("", *ACR_VALUES) == strength.LEVELS


def test_settings_know_the_same_names() -> None:
    client = ConfiguredClient(
        name="x", redirect_uris=("https://x",), default_acr_values=ACR_VALUES, allowed_methods=STRONG_METHODS
    )
    assert (client.default_acr_values, client.allowed_methods) == (ACR_VALUES, STRONG_METHODS)


def test_levels_are_in_order() -> None:
    for acr, wanted in itertools.product(("", *ACR_VALUES), repeat=2):
        assert reaches(acr, wanted) == (("", *ACR_VALUES).index(acr) >= ("", *ACR_VALUES).index(wanted))
    assert not reaches("aal9", "aal1")
