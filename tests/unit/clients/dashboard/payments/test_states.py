"""Every way from a state into another, for the person and for the service: what is allowed, and that all else isn't."""

import itertools

import pytest

from clients.dashboard.payments import states

ALLOWED = {
    ("person", "unpaid", "basket"),
    ("person", "basket", "unpaid"),
    ("person", "basket", "pending"),
    ("service", "unpaid", "paid"),
    ("service", "unpaid", "cancelled"),
    ("service", "basket", "paid"),
    ("service", "basket", "cancelled"),
    ("service", "pending", "paid"),
    ("service", "pending", "unpaid"),
    ("service", "pending", "cancelled"),
}


@pytest.mark.parametrize(
    ("who", "before", "after"), list(itertools.product((states.PERSON, states.SERVICE), states.STATES, states.STATES))
)
def test_all_ways(who: str, before: str, after: str) -> None:
    if (who, before, after) in ALLOWED:
        states.check(who, before, after)
        return
    with pytest.raises(states.TransitionError) as caught:
        states.check(who, before, after)
    assert (caught.value.before, caught.value.after) == (before, after)


def test_nothing_leads_out_of_the_end() -> None:
    for who, end in itertools.product((states.PERSON, states.SERVICE), ("paid", "cancelled")):
        assert states.allowed(who, end) == ()
