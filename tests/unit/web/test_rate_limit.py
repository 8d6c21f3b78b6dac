import threading
from collections.abc import Callable

import pytest

from config.settings import Limit, RateLimits
from idp.db import Database
from idp.web.rate_limit import Bucket, RateLimiter, Taken

LIMITS = RateLimits(account=Limit(burst=3, refill=60), network=Limit(burst=10, refill=6))


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(database: Database, clock: Clock) -> RateLimiter:
    return RateLimiter(clock, LIMITS, b"k" * 32)


@pytest.fixture
def take(database: Database, limiter: RateLimiter) -> Callable[..., Taken]:
    def one(*buckets: Bucket) -> Taken:
        with database.write() as tx:
            return limiter.take(tx, *buckets)

    return one


def test_a_burst_then_one_for_each_refill(limiter: RateLimiter, take: Callable[..., Taken], clock: Clock) -> None:
    alice = limiter.bucket("account", "alice")
    assert [take(alice).wait for _ in range(5)] == [0, 0, 0, 60, 60]
    clock.now += 59
    assert take(alice).wait == 1
    clock.now += 1
    assert [take(alice).wait for _ in range(2)] == [0, 60]


def test_no_time_lets_more_through_than_burst_and_refill(
    limiter: RateLimiter, take: Callable[..., Taken], clock: Clock
) -> None:
    alice, passed = limiter.bucket("account", "alice"), 0
    for _ in range(3600):
        passed += take(alice).refused is None
        clock.now += 1
    assert passed == 3 + 3600 // 60 - 1


def test_what_is_given_back_can_be_taken_again_and_no_more(
    database: Database, limiter: RateLimiter, take: Callable[..., Taken]
) -> None:
    alice = limiter.bucket("account", "alice")
    take(alice)
    for _ in range(20):
        with database.write() as tx:
            limiter.refund(tx, alice)
    assert [take(alice).wait for _ in range(4)] == [0, 0, 0, 60]


def test_an_empty_bucket_costs_nothing_in_the_others(limiter: RateLimiter, take: Callable[..., Taken]) -> None:
    alice, home = limiter.bucket("account", "alice"), limiter.bucket("network", "192.0.2.1")
    for _ in range(20):
        taken = take(home, alice)
    assert taken.refused == alice
    assert taken.buckets == ()
    assert take(home).used == {"network": 4}


def test_a_refused_attempt_prolongs_no_wait(limiter: RateLimiter, take: Callable[..., Taken], clock: Clock) -> None:
    alice = limiter.bucket("account", "alice")
    for _ in range(500):
        take(alice)
    clock.now += 60
    assert take(alice).refused is None


def test_ipv6_counts_by_subscriber_and_ipv4_by_address(limiter: RateLimiter) -> None:
    one, same, beside, other = (
        limiter.networks(ip) for ip in ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1", "2001:db8:1::1")
    )
    assert one == same
    assert one[0] == beside[0]
    assert one[1] != beside[1]
    assert one[0] != other[0]
    assert limiter.networks("192.0.2.1") == limiter.networks("::ffff:192.0.2.1")
    assert [bucket.name for bucket in limiter.networks("192.0.2.1")] == ["network"]
    assert limiter.networks(None) == ()


def test_fifty_at_once_take_no_more_than_there_are(
    database: Database, limiter: RateLimiter, take: Callable[..., Taken]
) -> None:
    alice, home = limiter.bucket("account", "alice"), limiter.bucket("network", "192.0.2.1")
    outcomes: list[Taken] = []
    barrier = threading.Barrier(50)

    def run() -> None:
        barrier.wait()
        outcomes.append(take(home, alice))
        database.close()

    threads = [threading.Thread(target=run) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in outcomes if one.refused is None]) == 3
    assert len(outcomes) == 50
    assert take(home).used == {"network": 4}


def test_full_buckets_are_swept(
    database: Database, limiter: RateLimiter, take: Callable[..., Taken], clock: Clock
) -> None:
    take(limiter.bucket("account", "alice"), limiter.bucket("network", "192.0.2.1"))
    clock.now += 6
    with database.write() as tx:
        assert limiter.purge(tx) == 1
    clock.now += 54
    with database.write() as tx:
        assert limiter.purge(tx) == 1


def test_nothing_that_was_typed_is_stored(database: Database, limiter: RateLimiter, take: Callable[..., Taken]) -> None:
    take(limiter.bucket("account", "alice@example.org"))
    assert "alice" not in str([tuple(row) for row in database.read().all("SELECT key, until FROM rate_limit")])
