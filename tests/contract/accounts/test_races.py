"""What must happen once happens once, however many ask at the same time."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from idp.accounts.proofs import Confirmation, Purpose, Unproven
from idp.accounts.registration import Created, Taken
from idp.accounts.store import confirmations as store
from idp.errors import PageError
from tests.support.people import HERE, People, other_than, token_of

THREADS = 50
WAIT = "wait"


def race(people: People, ask: Callable[[int], object]) -> list[object]:
    """Call `ask` with each thread's number, all at once; return the answers."""
    answers: list[object] = []
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers.append(ask(number))
        finally:
            people.database.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == THREADS
    return answers


def or_wait(ask: Callable[[], object]) -> object:
    """Return the answer, or that there were too many before this one."""
    try:
        return ask()
    except PageError:
        return WAIT


def kinds(answers: list[object]) -> Counter[object]:
    return Counter(answer if isinstance(answer, Unproven | Taken) else type(answer) for answer in answers)


def test_one_link_makes_one_account(people: People) -> None:
    people.sign_up()
    token, _ = people.proof()
    answers = race(people, lambda _n: people.accounts.registration.confirm_link(token, HERE))
    assert kinds(answers) == {Created: 1, Unproven.SPENT: THREADS - 1}
    assert people.count("account") == 1


def test_one_code_makes_one_account(people: People) -> None:
    confirmation_id = people.sign_up()
    _, code = people.proof()
    answers = race(people, lambda _n: people.accounts.registration.confirm_code(confirmation_id, code, HERE))
    assert kinds(answers)[Created] == 1
    assert people.count("account") == 1


def test_link_and_code_at_once(people: People) -> None:
    confirmation_id = people.sign_up()
    token, code = people.proof()
    registration = people.accounts.registration

    def ask(number: int) -> object:
        if number % 2:
            return registration.confirm_link(token, HERE)
        return registration.confirm_code(confirmation_id, code, HERE)

    assert kinds(race(people, ask))[Created] == 1


def test_guesses_at_once_are_counted_guesses(people: People) -> None:
    confirmation_id = people.sign_up()
    _, code = people.proof()
    wrong = other_than(code)
    answers = race(people, lambda _n: people.accounts.registration.confirm_code(confirmation_id, wrong, HERE))
    assert kinds(answers) == {Unproven.WRONG: 10, Unproven.OFF: THREADS - 10}


def test_no_more_than_ten_wrong_reset_codes_are_looked_at_over_all_requests_at_once(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From as many networks as there are requests, in several spellings of the account."""
    people.create()
    recovery, spellings = people.accounts.recovery, ("carla", "CARLA@example.org", " Carla ")
    asked = [
        recovery.forgot_password(spellings[number % 3], replace(HERE, ip=f"198.51.100.{number}"))
        for number in range(THREADS)
    ]
    code = people.post()[0]["context"]["code"]
    looked_at: list[object] = []
    real = store.prove_code
    monkeypatch.setattr(store, "prove_code", lambda *given, **more: looked_at.append(given) or real(*given, **more))
    assert race(people, lambda n: recovery.prove_code(asked[n], other_than(code), HERE)) == [None] * THREADS
    assert len(looked_at) == 10
    assert recovery.prove_code(asked[0], code, HERE) is None


def test_a_reset_code_is_proven_in_one_browser(people: People) -> None:
    people.create()
    asked = [people.accounts.recovery.forgot_password("carla", replace(HERE, ip=f"198.51.100.{n}")) for n in range(5)]
    code = people.post()[0]["context"]["code"]

    def ask(number: int) -> object:
        return or_wait(lambda: people.accounts.recovery.prove_code(asked[number % 5], code, HERE))

    answers = race(people, ask)
    assert THREADS - answers.count(None) - answers.count(WAIT) == 1


def test_requests_at_once_are_one_request(people: People) -> None:
    account_id, confirmations = people.create(), people.accounts.confirmations

    def ask(_number: int) -> object:
        with people.database.write() as tx:
            return confirmations.request(tx, Purpose.RECOVERY_EMAIL, "spare@example.net", account_id=account_id)

    answers = race(people, ask)
    assert len({confirmation_id for confirmation_id, _proof in answers}) == 1  # type: ignore[misc]
    # Many clicks are one event.
    assert len([proof for _id, proof in answers if proof]) == 1  # type: ignore[misc]


def test_one_username_for_many_sign_ups(people: People) -> None:
    for number in range(THREADS):
        people.sign_up(email=f"carla{number}@example.org") if number < 15 else None
    tokens = [token_of(mail) for mail in people.post()]
    answers = race(people, lambda n: people.accounts.registration.confirm_link(tokens[n % len(tokens)], HERE))
    assert kinds(answers)[Created] == 1
    assert people.count("account") == people.count("email_address") == 1


def test_one_reset_sets_one_password(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    token, _ = people.proof()

    def ask(number: int) -> object:
        return or_wait(lambda: people.accounts.recovery.reset_by_link(token, f"green lantern drifts {number}", HERE))

    answers = race(people, ask)
    assert answers.count(None) == 1
    assert answers.count(Unproven.SPENT) + answers.count(WAIT) == THREADS - 1


def test_one_address_for_two_accounts(people: People) -> None:
    tokens = []
    for name in ("carla", "dora"):
        people.accounts.addresses.request(people.create(name, f"{name}@example.org"), "shared@example.org", HERE)
        tokens.append(people.token_to("shared@example.org"))
    answers = race(people, lambda n: people.accounts.addresses.confirm_link(tokens[n % 2], HERE))
    counted = kinds(answers)
    assert counted[Confirmation] == 1
    assert counted[Taken.ADDRESS] > 0


def test_one_session_ends_once(people: People) -> None:
    sid = people.start(people.create()).partition(".")[0]
    told: list[object] = []
    people.accounts.sessions.on_end.append(lambda _tx, sids: told.extend(sids))

    def end(_number: int) -> bool:
        with people.database.write() as tx:
            return people.accounts.sessions.end(tx, sid, "signed_out")

    assert race(people, end).count(True) == 1
    assert told == [sid]
