"""The states of an invoice and who may change what. Pure: the store asks here before it writes."""

from typing import Literal, get_args

State = Literal["unpaid", "basket", "pending", "paid", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
PERSON = "person"
SERVICE = "service"

_MOVES: dict[str, dict[str, tuple[str, ...]]] = {
    # `pending` only by checking the basket out, which gives the reference to pay with.
    PERSON: {"unpaid": ("basket",), "basket": ("unpaid", "pending")},
    # A service learns of money in many ways, so any open invoice can turn out to be paid; `unpaid` again when a transfer never came.
    SERVICE: {
        "unpaid": ("paid", "cancelled"),
        "basket": ("paid", "cancelled"),
        "pending": ("paid", "unpaid", "cancelled"),
    },
}


class TransitionError(Exception):
    """An invoice in one state can't be put into the other by whoever asked."""

    def __init__(self, before: str, after: str) -> None:
        super().__init__(f"{before} to {after}")
        self.before = before
        self.after = after


def allowed(who: str, before: str) -> tuple[str, ...]:
    """Return the states into which PERSON or SERVICE may put an invoice."""
    return _MOVES[who].get(before, ())


def check(who: str, before: str, after: str) -> None:
    """Raise TransitionError unless that may be done."""
    if after not in allowed(who, before):
        raise TransitionError(before, after)
