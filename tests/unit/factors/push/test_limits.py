"""Nobody is worn down, and nothing is guessed: also not with fifty threads at once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import flask_babel
from flask import Flask

from idp.accounts.strength import Proof
from idp.factors.base import Refusal
from tests.support.approving import PHONE, Approving, refused

THREADS = 50
T = TypeVar("T")


def _at_once(approving: Approving, work: Callable[[int], T]) -> list[T]:
    """Run fifty of them; each thread gives its connection back."""
    app = Flask("thread")
    flask_babel.Babel(app)

    def one(number: int) -> T:
        with app.test_request_context():
            try:
                return work(number)
            finally:
                approving.common.database.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_reloading_asks_nobody_anew(approving: Approving) -> None:
    first = approving.push.ask(approving.attempt())["request"]
    assert approving.push.ask(approving.attempt())["request"] == first
    assert approving.people.count("push_request") == 1


def test_a_newer_attempt_ends_the_older_request(approving: Approving) -> None:
    approving.push.ask(approving.attempt("attempt-1"))
    approving.push.ask(approving.attempt("attempt-2"))
    assert approving.asked()["id"] == approving.push.ask(approving.attempt("attempt-2"))["request"].id
    assert refused(approving.verify("attempt-1")) == "unavailable"


def test_asking_again_is_the_persons_choice_and_ends(approving: Approving) -> None:
    numbers = []
    for _ in range(3):
        page = approving.push.ask(approving.attempt())
        numbers.append(page["request"].id)
        assert not page["request"].can_repeat
        approving.forward(120)
        assert refused(approving.verify()) == "unavailable"
        last = approving.verify(again="1")
    assert len(set(numbers)) == 3
    assert refused(last) == "unavailable"
    assert not approving.push.ask(approving.attempt())["request"].can_repeat


def test_nothing_is_asked_again_while_it_waits(approving: Approving) -> None:
    first = approving.push.ask(approving.attempt())["request"]
    assert approving.verify(again="1") == Refusal("waiting")
    assert approving.push.ask(approving.attempt())["request"] == first


def test_three_in_an_hour_then_another_method(approving: Approving) -> None:
    for each in range(3):
        assert approving.push.ask(approving.attempt(f"attempt-{each}"))["request"].state == "waiting"
        approving.forward(60)
    page = approving.push.ask(approving.attempt("one more"))
    assert (page["request"].state, page["minutes"]) == ("limit", 57)
    assert approving.verify("one more") == Refusal("waiting")
    # The last one stays open meanwhile: who knows the password only can't cancel it for ever.
    approving.forward(57 * 60)
    assert approving.push.ask(approving.attempt("one more"))["request"].state == "waiting"


def test_what_was_approved_is_given_back(approving: Approving) -> None:
    for each in range(10):
        attempt = approving.attempt(f"attempt-{each}")
        number = approving.push.ask(attempt)["request"].number
        approving.answer(approving.device.answer(approving.asked(), "approve", number))
        assert isinstance(approving.push.verify(attempt, {}), Proof)


def test_nobody_uses_up_the_approvals_of_who_proved_something_else(approving: Approving) -> None:
    for each in range(9):
        approving.push.ask(approving.attempt(f"thief-{each}", proven="the password, elsewhere"))
    for proven in ("the password, in a known browser", "a new password", "a session"):
        assert approving.push.ask(approving.attempt(f"owner {proven}", proven=proven))["request"].state == "waiting"


def test_the_owner_is_told_once_an_hour_that_somebody_asks_in_their_name(approving: Approving) -> None:
    for each in range(9):
        approving.push.ask(approving.attempt(f"thief-{each}"))
    assert [mail["template"] for mail in approving.people.post()] == ["push_used_up"]


def test_other_accounts_have_their_own_three(approving: Approving) -> None:
    for each in range(3):
        approving.push.ask(approving.attempt(f"attempt-{each}"))
    other = approving.people.create("otto", "otto@example.org")
    assert approving.push.ask(approving.attempt("x", account_id=other))["request"].state == "waiting"


def test_fifty_attempts_at_once_are_three_requests_one_of_them_open(approving: Approving) -> None:
    asked = _at_once(approving, lambda each: approving.push.approvals.ask(approving.attempt(f"attempt-{each}")))
    states = Counter(one.state for one in asked)
    assert states["limit"] == THREADS - 3
    assert approving.people.count("push_request") == 3
    assert approving.asked()


def test_fifty_tabs_of_one_attempt_are_one_request(approving: Approving) -> None:
    asked = _at_once(approving, lambda _: approving.push.approvals.ask(approving.attempt()))
    assert len({one.id for one in asked}) == 1
    assert approving.people.count("push_request") == 1


def test_fifty_guesses_at_once_are_one(approving: Approving) -> None:
    approving.push.ask(approving.attempt())
    request = approving.asked()
    device, _ = approving.push.devices.identify(approving.device.sign("list"), "list")

    def guess(each: int) -> bool:
        claims = {"request": request["id"], "challenge": request["challenge"], "decision": "approve"}
        return approving.push.approvals.answer(device, {**claims, "number": str(10 + each)}, PHONE)[0]

    assert Counter(_at_once(approving, guess)) == {True: 1, False: THREADS - 1}
    assert len([event for event in approving.events() if event != "push.asked"]) == 1


def test_an_approval_that_fifty_fetch_is_used_once(approving: Approving) -> None:
    number = approving.push.ask(approving.attempt())["request"].number
    approving.answer(approving.device.answer(approving.asked(), "approve", number))
    outcomes = _at_once(approving, lambda _: approving.push.verify(approving.attempt(), {}))
    assert len([one for one in outcomes if isinstance(one, Proof)]) == 1


def test_what_no_limit_needs_is_forgotten(approving: Approving) -> None:
    def purge() -> tuple[int, int]:
        with approving.common.database.write() as tx:
            approving.push.purge(tx)
        return approving.people.count("push_request"), approving.people.count("push_enrolment")

    approving.push.ask(approving.attempt())
    approving.push.enrolments.open("sid", approving.account_id)
    assert purge() == (1, 1)
    approving.forward(7201)
    assert purge() == (0, 0)
