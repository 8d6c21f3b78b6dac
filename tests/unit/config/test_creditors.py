"""Accounts into which people pay: a mistyped IBAN isn't taken, and people read it in groups of four."""

import pytest
from pydantic import ValidationError

from config.creditors import Creditor


@pytest.mark.parametrize(
    ("account", "grouped"),
    [
        ("CH93 0076 2011 6238 5295 7", "CH93 0076 2011 6238 5295 7"),
        ("ch9300762011623852957", "CH93 0076 2011 6238 5295 7"),
        (" 12-3456-7, Bank of X ", "12-3456-7, Bank of X"),
    ],
)
def test_accounts(account: str, grouped: str) -> None:
    assert Creditor(name="Office", account=account).grouped == grouped


@pytest.mark.parametrize("account", ["CH93 0076 2011 6238 5295 8", "CH39 0076 2011 6238 5295 7", ""])
def test_a_mistyped_account_is_not_taken(account: str) -> None:
    with pytest.raises(ValidationError):
        Creditor(name="Office", account=account)
