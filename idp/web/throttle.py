"""Slows guesses down: for one account, for one address, and for all together. Never locks anybody out for good.

Each subject has a leaky bucket of failures in SQL, so all workers see the same one. Over the free attempts, each failure doubles the
waiting time up to a maximum; the bucket leaks the free attempts within `forget_after`, and
all of them when there was no failure for so long. An attempt that is refused because one has to
wait counts for nothing: hammering doesn't prolong the wait. What an attempt is, and what to answer, is the caller's matter.
"""

import hashlib
from typing import Literal, NamedTuple, Protocol

from idp.clock import Clock
from idp.db import Database, Tx
from idp.web.proxies import network

Scope = Literal["account", "address", "overall"]

_ONE = 1_000_000
_FAILED = """
INSERT INTO throttle (key, scope, level, at) VALUES (:key, :scope, :one, :now)
ON CONFLICT (key) DO UPDATE SET
    level = CASE
        WHEN :now - throttle.at >= :forget OR throttle.level - (:now - throttle.at) * :leak <= 0 THEN :one
        WHEN throttle.level - (:now - throttle.at) * :leak >= :full THEN :full + :one
        ELSE throttle.level - (:now - throttle.at) * :leak + :one
    END,
    at = :now
"""


class Slowdown(Protocol):
    """`config.Slowdown`: so many failures are free, then waits of `base_delay` doubling to `max_delay` seconds."""

    @property
    def free_attempts(self) -> int: ...  # noqa: D102
    @property
    def base_delay(self) -> int: ...  # noqa: D102
    @property
    def max_delay(self) -> int: ...  # noqa: D102
    @property
    def forget_after(self) -> int: ...  # noqa: D102


class ThrottleSettings(Protocol):
    """`config.Throttle`: one `Slowdown` for each scope."""

    @property
    def account(self) -> Slowdown: ...  # noqa: D102
    @property
    def address(self) -> Slowdown: ...  # noqa: D102
    @property
    def overall(self) -> Slowdown: ...  # noqa: D102


class Key(NamedTuple):
    """Whose failures are counted; `hash` keeps what people typed out of the table."""

    scope: Scope
    hash: str


def account(name: str) -> Key:
    """Return the key of an account: the name as it was typed (normalised), whether there is such an account or not."""
    return _key("account", name)


def address(ip: str) -> Key:
    """Return the key of a network address; IPv6 counts by /64, which is what one subscriber has."""
    return _key("address", network(ip))


def _key(scope: Scope, subject: str) -> Key:
    return Key(scope, hashlib.sha256(f"{scope}\0{subject}".encode()).hexdigest())


OVERALL = _key("overall", "")
"""Everybody together."""


class Throttle:
    """Counts failures in `database` and tells how long to wait."""

    def __init__(self, database: Database, clock: Clock, settings: ThrottleSettings) -> None:
        self._database = database
        self._clock = clock
        self._rules: dict[str, _Rule] = {
            scope: _Rule(rule)
            for scope, rule in (
                ("account", settings.account),
                ("address", settings.address),
                ("overall", settings.overall),
            )
        }

    def check(self, *keys: Key) -> int:
        """Return how many seconds to wait before the next attempt; 0: go ahead. One SELECT, nothing is written."""
        names = ", ".join(f":k{index}" for index in range(len(keys)))
        rows = self._database.read().all(
            f"SELECT scope, level, at FROM throttle WHERE key IN ({names})",
            **{f"k{index}": key.hash for index, key in enumerate(keys)},
        )
        now = self._clock()
        return max((self._rules[row["scope"]].wait(row["level"], row["at"], now) for row in rows), default=0)

    def failed(self, tx: Tx, *keys: Key) -> None:
        """Count a failure for each key: one atomic statement each, in one order, so that transactions can't block each other."""
        now = self._clock()
        for key in sorted(keys):
            rule = self._rules[key.scope]
            tx.run(
                _FAILED,
                key=key.hash,
                scope=key.scope,
                one=_ONE,
                now=now,
                leak=rule.leak,
                full=rule.full,
                forget=rule.forget_after,
            )

    def succeeded(self, tx: Tx, *keys: Key) -> None:
        """Forget an account's failures. An address keeps its own: a thief with one account of theirs can't clear it."""
        for key in keys:
            if key.scope == "account":
                tx.run("DELETE FROM throttle WHERE key = :key", key=key.hash)

    def purge(self, tx: Tx) -> int:
        """Delete buckets that have run empty; returns how many."""
        longest = max(rule.forget_after for rule in self._rules.values())
        return tx.run("DELETE FROM throttle WHERE at < :before", before=self._clock() - longest)


class _Rule:
    """A `Slowdown` in the numbers that are calculated with."""

    def __init__(self, rule: Slowdown) -> None:
        self.forget_after = rule.forget_after
        self.leak = -(-rule.free_attempts * _ONE // rule.forget_after)
        """Millionths of a failure that a second forgives."""
        self._free, self._base, self._most = rule.free_attempts, rule.base_delay, rule.max_delay
        doublings = max(0, (rule.max_delay // rule.base_delay).bit_length())
        self.full = (rule.free_attempts + doublings) * _ONE
        """More than this is not remembered: the wait is at its maximum anyway."""

    def wait(self, level: int, at: int, now: int) -> int:
        passed = now - at
        if passed >= self.forget_after:
            return 0
        over = -(-level // _ONE) - self._free
        if over <= 0:
            return 0
        return max(0, min(self._most, self._base << (over - 1)) - passed)
