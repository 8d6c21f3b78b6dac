"""Proofs that a person reads mail at an address: what they are about, what is mailed, and why nothing was proven. Values only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """What is confirmed."""

    SIGN_UP = "sign_up"
    CHANGE_EMAIL = "change_email"
    RECOVERY_EMAIL = "recovery_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 — no password
    ADD_FACTOR = "add_factor"
    """Of who has no second factor yet, before the first one is added."""
    RESET_FACTORS = "reset_factors"
    """Of who says that all factors are lost."""


OF_FACTORS = (Purpose.ADD_FACTOR, Purpose.RESET_FACTORS)
"""What is asked of who knows the password already."""
SHORT_LIVED = (Purpose.RESET_PASSWORD, *OF_FACTORS)
"""What changes a way in."""
OF_ACCOUNT = (Purpose.CHANGE_EMAIL, Purpose.RECOVERY_EMAIL, Purpose.RESET_PASSWORD, *OF_FACTORS)
"""What is asked for an account that exists."""


class Unproven(StrEnum):
    """Why nothing was confirmed."""

    WRONG = "wrong"  # try again
    OFF = "off"  # too many wrong ones today: the link still works
    SPENT = "spent"  # used, expired, or replaced by one about another address: ask for a new one


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes into a mail."""

    token: str
    code: str
    """As people read it; empty when it is off."""
    guessed: bool = False
    """There were too many wrong codes: this one is off, the link works, and the mail says that somebody is guessing."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was asked to be confirmed; whether that is still possible; and how the page may go on."""

    id: str
    purpose: Purpose
    account_id: str | None
    address: str
    data: dict[str, Any]
    open: bool
    used: bool
    resend_in: int
    """Seconds until another mail may be asked for."""
