"""A service that hangs holds up a few calls and no more, and is left alone for a while."""

from contextlib import ExitStack

import pytest

from clients.dashboard.widgets.contract import TroubleError
from clients.dashboard.widgets.gate import ALTOGETHER, AT_ONCE, FAILURES, REST_SECONDS, Gate


def fail(gate: Gate, resource: str = "a", kind: str = "slow") -> str:
    with pytest.raises(TroubleError) as caught, gate.passing(resource):
        raise TroubleError(kind)
    return caught.value.kind


def test_a_few_at_a_time() -> None:
    gate = Gate()
    with ExitStack() as inside:
        for _ in range(AT_ONCE):
            inside.enter_context(gate.passing("a"))
        with pytest.raises(TroubleError, match="busy"), gate.passing("a"):
            pass
        with gate.passing("b"):
            pass
    with gate.passing("a"):
        pass


def test_not_more_altogether() -> None:
    gate = Gate()
    with ExitStack() as inside:
        for number in range(ALTOGETHER):
            inside.enter_context(gate.passing(f"api-{number % 5}"))
        with pytest.raises(TroubleError, match="busy"), gate.passing("another"):
            pass


def test_it_rests_and_is_tried_once() -> None:
    now = [0.0]
    gate = Gate(lambda: now[0])
    for _ in range(FAILURES):
        assert fail(gate) == "slow"
    assert fail(gate) == "unavailable"
    with gate.passing("b"):
        pass
    now[0] = REST_SECONDS
    with ExitStack() as inside:
        inside.enter_context(gate.passing("a"))
        with pytest.raises(TroubleError, match="busy"), gate.passing("a"):
            pass
    for _ in range(2):
        with gate.passing("a"):
            pass


def test_other_trouble_is_an_answer() -> None:
    gate = Gate()
    for _ in range(FAILURES * 2):
        assert fail(gate, kind="stronger") == "stronger"
    with pytest.raises(KeyError), gate.passing("a"):
        raise KeyError
    with gate.passing("a"):
        pass
