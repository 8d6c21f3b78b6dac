"""What holds for every method: enrolled, proven once, guessed at, renamed, removed, and never twice by two at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from idp.accounts.strength import AAL2, Proof, level, password
from idp.factors.base import Refusal, proven_by
from tests.contract.factors.drivers import Driver
from tests.support.strong import HERE, account_id

THREADS = 50


def events(driver: Driver) -> list[str]:
    return [row["event"] for row in driver.idp.core.database.read().all("SELECT event FROM audit_event ORDER BY seq")]


def notices(driver: Driver) -> list[str]:
    """Return the notices that wait for delivery, by the alarms that they carry."""
    return [
        row["event"] for row in driver.idp.core.database.read().all("SELECT event FROM alarm ORDER BY created_at, id")
    ]


def factors(driver: Driver) -> Any:
    return [each for each in driver.strong.factors.listing(driver.owner) if each.method == driver.name]


def refused(outcome: Proof | Refusal) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.reason


def test_enrolling_is_told_and_recorded(driver: Driver) -> None:
    assert len(factors(driver)) == 1
    assert "factor.added" in events(driver)
    assert "factor_added" in notices(driver)


def test_the_right_answer_proves_a_second_factor(driver: Driver) -> None:
    attempt = driver.attempt()
    proof = driver.verify(attempt, driver.right(attempt))
    assert isinstance(proof, Proof)
    assert (proof.method, proof.at) == (driver.name, driver.idp.clock())
    assert level([password(driver.idp.clock()), proof]) == AAL2
    (factor,) = factors(driver)
    assert (factor.last_used_at, factor.last_used_ip) == (driver.idp.clock(), HERE.ip)


def test_an_answer_is_good_for_once(driver: Driver) -> None:
    attempt = driver.attempt()
    answer = driver.right(attempt)
    assert isinstance(driver.verify(attempt, answer), Proof)
    assert isinstance(driver.verify(attempt, answer), Refusal)
    if answer:
        assert isinstance(driver.verify(driver.attempt(), answer), Refusal)


def test_an_answer_is_good_for_its_account_only(driver: Driver) -> None:
    answer = driver.right(driver.attempt())
    other = driver.attempt(account_id(driver.idp, "bob"))
    assert isinstance(driver.verify(other, answer), Refusal)


def test_wrong_answers_wait_and_then_another_way_is_needed(driver: Driver) -> None:
    reasons = []
    for _ in range(5):
        attempt = driver.attempt()
        reasons.append(refused(driver.verify(attempt, driver.wrong(attempt))))
    assert "wait" not in reasons
    late = driver.verify(driver.attempt(), {})
    assert isinstance(late, Refusal)
    assert late.reason == "wait"
    assert late.wait_seconds == 30
    for count in range(5, 10):
        driver.idp.clock.now += 3600
        attempt = driver.attempt()
        assert refused(driver.verify(attempt, driver.wrong(attempt))) != "wait", count
    driver.idp.clock.now += 3600 * 12
    attempt = driver.attempt()
    assert refused(driver.verify(attempt, driver.right(attempt))) == "blocked"
    # whoever proves it by another method opens this one again
    with driver.idp.core.database.write() as tx:
        driver.strong.attempts.clear(tx, driver.owner)
    driver.idp.clock.now += 3600
    attempt = driver.attempt()
    assert isinstance(driver.verify(attempt, driver.right(attempt)), Proof)


def test_a_right_answer_among_parallel_guesses_counts_like_any_other(driver: Driver) -> None:
    attempt = driver.attempt()
    wrong = driver.wrong(attempt)

    def guess(_number: int) -> str:
        with driver.idp.provider.flask.test_request_context():
            return refused(driver.verify(driver.attempt(), wrong))

    with ThreadPoolExecutor(THREADS) as pool:
        reasons = list(pool.map(guess, range(THREADS)))
    looked_at = THREADS - reasons.count("wait") - reasons.count("blocked") - reasons.count("waiting")
    assert looked_at <= 5
    row = driver.idp.core.database.read().one(
        "SELECT count FROM factor_attempts WHERE account_id = :id AND method = :method",
        id=driver.owner,
        method=driver.name,
    )
    assert (row["count"] if row else 0) <= 5


def test_nobody_uses_up_what_another_has_proven(driver: Driver) -> None:
    thief = replace(driver.attempt(), proven=proven_by("password", 1, ""))
    wrong = driver.wrong(thief)
    for _ in range(20):
        driver.verify(thief, wrong)
        driver.idp.clock.now += 1
    attempt = replace(driver.attempt(), typed_at=driver.idp.clock(), proven=proven_by("password", 1, "mine"))
    assert isinstance(driver.verify(attempt, driver.right(attempt)), Proof)


def test_two_at_once_prove_it_once(driver: Driver) -> None:
    attempt = driver.attempt()
    answer = driver.right(attempt)

    def use(_number: int) -> bool:
        with driver.idp.provider.flask.test_request_context():
            return isinstance(driver.verify(attempt, answer), Proof)

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(use, range(5))) == 1


@pytest.mark.parametrize("seconds", [-40, 40])
def test_a_clock_that_is_changed_gives_nothing_away(driver: Driver, seconds: int) -> None:
    attempt = driver.attempt()
    answer = driver.right(attempt)
    assert isinstance(driver.verify(attempt, answer), Proof)
    driver.idp.clock.now += seconds
    assert isinstance(driver.verify(attempt, answer), Refusal)


def test_rename_and_remove(driver: Driver) -> None:
    (factor,) = factors(driver)
    assert driver.strong.factors.rename(driver.owner, factor.id, "  In the\ndrawer ", HERE)
    assert factors(driver)[0].name == "In the drawer"
    assert not driver.strong.factors.rename(account_id(driver.idp, "bob"), factor.id, "Mine", HERE)
    assert driver.strong.factors.remove(account_id(driver.idp, "bob"), factor.id, HERE) is None

    attempt = driver.attempt()
    answer = driver.right(attempt)
    assert driver.strong.factors.remove(driver.owner, factor.id, HERE)
    assert driver.strong.factors.remove(driver.owner, factor.id, HERE) is None
    assert factors(driver) == []
    assert isinstance(driver.verify(attempt, answer), Refusal)
    assert events(driver).count("factor.removed") == 1
    assert notices(driver).count("factor_removed") == 1


def test_removing_two_at_once_is_told_once(driver: Driver) -> None:
    (factor,) = factors(driver)

    def remove(_number: int) -> bool:
        return driver.strong.factors.remove(driver.owner, factor.id, HERE) is not None

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(remove, range(5))) == 1
    assert notices(driver).count("factor_removed") == 1


def test_no_secret_is_readable_in_the_database_or_the_audit_trail(driver: Driver) -> None:
    attempt = driver.attempt()
    answer = driver.right(attempt)
    driver.verify(attempt, answer)
    tables = ["audit_event", "factor", "factor_totp", "factor_recovery_code", "interaction", "outbox"]
    text = str([dict(row) for table in tables for row in driver.idp.core.database.read().all(f"SELECT * FROM {table}")])
    for value in (*answer.values(), getattr(getattr(driver, "app", None), "secret", "-none-")):
        assert value not in text
