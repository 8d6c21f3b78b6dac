"""Creditors: whom people pay, and into which account."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from config.shared import Strict

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_MOD_97 = 97


def _account(text: str) -> str:
    """Return an account as it is stored: an IBAN (ISO 13616) without spaces and with the right check digits, anything else as it is written."""
    compact = "".join(text.split()).upper()
    if not _IBAN.fullmatch(compact):
        return text.strip()
    digits = "".join(str(int(one, 36)) for one in compact[4:] + compact[:4])
    if int(digits) % _MOD_97 != 1:
        raise ValueError("The check digits of this IBAN are wrong: it was mistyped.")
    return compact


class Creditor(Strict):
    """Who gets the money for a service's invoices."""

    name: Annotated[str, Field(min_length=1, max_length=140)]
    """Holder of the account, as it has to stand on a transfer."""
    account: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_account)]
    """IBAN, or what people need for a transfer where there are none."""

    @property
    def grouped(self) -> str:
        """The account as people read and type it: an IBAN in groups of four."""
        if not _IBAN.fullmatch(self.account):
            return self.account
        return " ".join(self.account[at : at + 4] for at in range(0, len(self.account), 4))
