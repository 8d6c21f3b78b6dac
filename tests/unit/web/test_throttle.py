import threading

import pytest

from config.settings import Slowdown
from config.settings import Throttle as ThrottleSettings
from idp.db import Database
from idp.web import throttle
from idp.web.throttle import OVERALL, Throttle

RULES = ThrottleSettings(
    account=Slowdown(free_attempts=3, base_delay=2, max_delay=60, forget_after=3600),
    address=Slowdown(free_attempts=10, base_delay=2, max_delay=60, forget_after=3600),
    overall=Slowdown(free_attempts=1000, base_delay=1, max_delay=5, forget_after=3600),
)
ALICE = throttle.account("alice")
HOME = throttle.address("192.0.2.1")


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def brake(database: Database, clock: Clock) -> Throttle:
    return Throttle(database, clock, RULES)


def _fail(database: Database, brake: Throttle, *keys: throttle.Key, times: int = 1) -> None:
    for _ in range(times):
        with database.write() as tx:
            brake.failed(tx, *keys)


def test_some_attempts_are_free_then_each_costs_twice_as_much(database: Database, brake: Throttle) -> None:
    waits = []
    for _ in range(10):
        waits.append(brake.check(ALICE, HOME, OVERALL))
        _fail(database, brake, ALICE, HOME, OVERALL)
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 60]


def test_waiting_ends_and_nobody_is_locked_out_for_good(database: Database, brake: Throttle, clock: Clock) -> None:
    _fail(database, brake, ALICE, times=500)
    assert brake.check(ALICE) == 60
    clock.now += 59
    assert brake.check(ALICE) == 1
    clock.now += 1
    assert brake.check(ALICE) == 0


def test_failures_leak_away(database: Database, brake: Throttle, clock: Clock) -> None:
    _fail(database, brake, ALICE, times=5)
    clock.now += 2400
    _fail(database, brake, ALICE)
    # Two of five have leaked away, so this was the fourth: one over the limit.
    assert brake.check(ALICE) == 2
    clock.now += 3600
    _fail(database, brake, ALICE, times=3)
    assert brake.check(ALICE) == 0


def test_success_forgets_the_account_but_not_the_address(database: Database, brake: Throttle) -> None:
    _fail(database, brake, ALICE, HOME, times=12)
    with database.write() as tx:
        brake.succeeded(tx, ALICE, HOME)
    assert brake.check(ALICE) == 0
    assert brake.check(HOME) > 0


def test_others_are_not_slowed(database: Database, brake: Throttle) -> None:
    _fail(database, brake, ALICE, HOME, OVERALL, times=20)
    assert brake.check(throttle.account("bob"), throttle.address("192.0.2.2"), OVERALL) == 0


def test_ipv6_counts_by_network(database: Database, brake: Throttle) -> None:
    _fail(database, brake, throttle.address("2001:db8::1"), times=12)
    assert brake.check(throttle.address("2001:db8::ffff")) > 0
    assert brake.check(throttle.address("2001:db8:0:1::1")) == 0


def test_fifty_threads_lose_no_failure(database: Database, brake: Throttle) -> None:
    keys = (ALICE, HOME, OVERALL)

    def fail() -> None:
        _fail(database, brake, *keys)
        database.close()

    threads = [threading.Thread(target=fail) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = database.read().one("SELECT level FROM throttle WHERE scope = 'overall'")
    assert row is not None
    assert row["level"] == 50_000_000


def test_empty_buckets_are_swept(database: Database, brake: Throttle, clock: Clock) -> None:
    _fail(database, brake, ALICE, HOME)
    clock.now += 3601
    with database.write() as tx:
        assert brake.purge(tx) == 2


def test_nothing_that_was_typed_is_stored(database: Database, brake: Throttle) -> None:
    _fail(database, brake, throttle.account("alice@example.org"))
    assert "alice" not in str([tuple(row) for row in database.read().all("SELECT key, scope FROM throttle")])
