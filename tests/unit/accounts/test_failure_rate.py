import threading

import pytest

from config.settings import ProofOfWorkSettings
from idp.accounts.failure_rate import FailureRate
from idp.db import Database
from tests.support.clock import TurnedClock
from tests.support.guessing import fail

HOUR = 3600


@pytest.fixture
def rate(database: Database, clock: TurnedClock) -> FailureRate:
    clock.now -= clock.now % HOUR
    return FailureRate(database, clock, ProofOfWorkSettings(least_failures=100))


def level(rate: FailureRate, clock: TurnedClock) -> int:
    clock.forward(5)
    return rate.level()


def test_a_few_wrong_passwords_are_no_flood(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    fail(database, clock, 100)
    assert level(rate, clock) == 0


def test_ten_times_as_many_as_usual_are(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    for hour in range(1, 169):
        fail(database, clock, 30, hours_ago=hour)
    fail(database, clock, 270)
    assert level(rate, clock) == 0
    fail(database, clock, 100)
    assert level(rate, clock) == 1


def test_each_time_that_it_doubles_the_level_rises_up_to_a_bound(
    database: Database, rate: FailureRate, clock: TurnedClock
) -> None:
    levels = []
    for more in (101, 100, 200, 400, 800, 50_000):
        fail(database, clock, more)
        levels.append(level(rate, clock))
    assert levels == [1, 2, 3, 4, 4, 4]


def test_a_flood_of_three_days_does_not_become_usual(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    for hour in range(72):
        fail(database, clock, 1_000, hours_ago=hour)
    assert level(rate, clock) == 4


def test_it_is_over_an_hour_after_the_last(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    fail(database, clock, 200)
    assert level(rate, clock) == 2
    clock.forward(HOUR + HOUR // 2)
    assert level(rate, clock) == 0


def test_what_an_hour_ago_ended_counts_less_and_less(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    fail(database, clock, 300, hours_ago=1)
    assert level(rate, clock) == 2
    clock.forward(HOUR // 2)
    assert level(rate, clock) == 1


def test_none_is_lost_among_many_at_once_and_an_hour_has_few_rows(
    database: Database, rate: FailureRate, clock: TurnedClock
) -> None:
    def run() -> None:
        for _ in range(10):
            with database.write() as tx:
                rate.count(tx)
        database.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = database.read().one("SELECT sum(count) AS count, count(*) AS n FROM sign_in_failures")
    assert row
    assert (int(row["count"]), row["n"]) == (200, 8)


def test_nothing_is_kept_for_longer_than_a_week(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    for hour in (0, 168, 169, 500):
        fail(database, clock, 1, hours_ago=hour)
    with database.write() as tx:
        assert rate.purge(tx) == 2


def test_looking_costs_a_statement_every_few_seconds(database: Database, rate: FailureRate, clock: TurnedClock) -> None:
    assert rate.level() == 0
    fail(database, clock, 1_000)
    assert rate.level() == 0
    assert level(rate, clock) == 4
