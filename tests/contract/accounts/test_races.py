"""What must happen once happens once, however many ask at the same time."""

import threading
from collections import Counter
from collections.abc import Callable

from idp.accounts.confirmations import MAX_ATTEMPTS, Confirmation, Unproven
from idp.accounts.registration import Created, Taken
from tests.support.people import HERE, People, token_of

THREADS = 50


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
    wrong = [guess for guess in (f"{number:06}" for number in range(THREADS + 1)) if guess != code]
    answers = race(people, lambda n: people.accounts.registration.confirm_code(confirmation_id, wrong[n], HERE))
    assert kinds(answers) == {Unproven.WRONG: MAX_ATTEMPTS - 1, Unproven.SPENT: THREADS - MAX_ATTEMPTS + 1}
    row = people.database.read().one("SELECT attempts FROM confirmation")
    assert row
    assert row["attempts"] == MAX_ATTEMPTS


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
    answers = race(people, lambda n: people.accounts.recovery.reset_by_link(token, f"green lantern drifts {n}", HERE))
    assert answers.count(None) == 1
    assert answers.count(Unproven.SPENT) == THREADS - 1


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
