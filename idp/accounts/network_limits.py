"""Limits of a network: how many attempts, and at how many names, before its unknown browsers are asked for a proof of work.

While there is a flood (`failure_rate.py`) all networks are asked. A proof of work counts once, by one atomic statement, and gives back
nothing but the attempt: accounts have their own budgets. A network that works and goes on is refused, and only that one.
"""

from dataclasses import dataclass
from typing import Literal

from idp.accounts.failure_rate import FailureRate
from idp.db import Database, Tx
from idp.web.proof_of_work import Solved
from idp.web.proxies import network
from idp.web.rate_limit import Bucket, RateLimiter

_ATTEMPTS_A_LEVEL = 5
"""Of a network beyond its limits, after which its work doubles."""


@dataclass(frozen=True, slots=True)
class NetworkAttempt:
    """What an attempt has taken; `spent` is its proof of work, which only comes back if nothing was looked at."""

    buckets: tuple[Bucket, ...]
    spent: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkRefused:
    """It may try again after a proof of work of this `level`, or `wait_seconds` at least; or after `wait_seconds` only."""

    reason: Literal["work", "wait"]
    wait_seconds: int
    level: int = 0


class NetworkLimits:
    """Counts attempts by network."""

    def __init__(self, database: Database, limiter: RateLimiter, failure_rate: FailureRate) -> None:
        self._database = database
        self._limiter = limiter
        self._failure_rate = failure_rate

    def take(self, tx: Tx, ip: str | None, name: str, *, solved: Solved | None) -> NetworkAttempt | NetworkRefused:
        """Count an attempt at `name`, with or without a proof of work."""
        limiter, here, flood = self._limiter, network(ip or ""), self._failure_rate.level()
        by_network = limiter.take(tx, *limiter.networks(ip))
        by_name = limiter.take(tx, limiter.bucket("name_seen", here, name), limiter.bucket("network_names", here))
        taken = (*by_network.buckets, *by_name.buckets)
        too_many_names = by_name.refused is not None and by_name.refused.name == "network_names"
        over = by_network.refused is not None or too_many_names
        if not over and not flood:
            return NetworkAttempt(taken)
        if solved:
            work = limiter.networks(ip, name="work") if over else ()
            waited = limiter.networks(ip, name="waited") if solved.by_waiting else ()
            # The last one, so that a proof of work isn't spent on an attempt that another limit refuses.
            spent = limiter.once("work_spent", solved.id, seconds=solved.seconds)
            paid = limiter.take(tx, *work, *waited, spent)
            if paid.refused is None:
                return NetworkAttempt((*taken, *work, *waited), spent=(spent,))
        limiter.refund(tx, *taken)
        wait = limiter.wait(tx, *limiter.networks(ip, name="work")) if over else 0
        if wait:
            return NetworkRefused("wait", wait)
        longer = limiter.wait(tx, *limiter.networks(ip, name="waited"))
        return NetworkRefused("work", longer, self._level(tx, here, over=over, flood=flood))

    def next_level(self, ip: str | None) -> int:
        """Return how much work the next attempt from here will want, 0 for none: so that a page can ask for it in time."""
        tx, limiter, here = self._database.read(), self._limiter, network(ip or "")
        over = limiter.wait(tx, *limiter.networks(ip), limiter.bucket("network_names", here)) > 0
        return self._level(tx, here, over=over, flood=self._failure_rate.level())

    def _level(self, tx: Tx, here: str, *, over: bool, flood: int) -> int:
        if not over:
            return flood
        return max(flood, 1 + self._limiter.used(tx, self._limiter.bucket("work", here)) // _ATTEMPTS_A_LEVEL)
