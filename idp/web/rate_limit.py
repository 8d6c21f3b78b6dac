"""Rate limits: token buckets in SQL. An attempt takes a token before any work is done for it; a right answer gives it back.

Each bucket is one row, counted by the generic cell rate algorithm: `until` is when the bucket is full again. Taking is one atomic
statement, so that attempts at the same moment can't pass together, in however many workers. Over any time T a bucket lets through at
most `burst + T / refill` attempts. What an attempt is, and what to answer when there is no token, is the caller's matter.
"""

import hmac
import ipaddress
from dataclasses import dataclass, field

from config.tuning import Limit, RateLimits
from idp.clock import Clock
from idp.db import Tx
from idp.web.proxies import network

_TAKE = """
INSERT INTO rate_limit (key, until) VALUES (:key, :first)
ON CONFLICT (key) DO UPDATE SET
    until = CASE WHEN rate_limit.until > :now THEN rate_limit.until + :refill ELSE :first END
WHERE rate_limit.until <= :latest
RETURNING until
"""
_REFUND = "UPDATE rate_limit SET until = until - :refill WHERE key = :key AND until > :now"
_IPV6_PREFIX = 48


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose attempts are counted, and against which limit; `key` is a hash under a key of the provider."""

    name: str
    """The field of `config.RateLimits`."""
    key: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Taken:
    """Tokens that an attempt holds. With `refused` it holds none: that bucket is empty for another `wait` seconds."""

    buckets: tuple[Bucket, ...] = ()
    used: dict[str, int] = field(default_factory=dict)
    """By a bucket's name: how many tokens are out, this attempt's included."""
    refused: Bucket | None = None
    wait: int = 0


class RateLimiter:
    """The buckets of `settings`. `key` keeps what people typed out of the table."""

    def __init__(self, clock: Clock, settings: RateLimits, key: bytes) -> None:
        self._key = key
        self._clock = clock
        self._settings = settings

    def bucket(self, name: str, *subject: str) -> Bucket:
        """Return the bucket of a subject; `name` is a field of `config.RateLimits`."""
        return Bucket(name, self._hash(name, *subject), getattr(self._settings, name))

    def networks(self, ip: str | None, *subject: str, name: str = "network") -> tuple[Bucket, ...]:
        """Return the buckets of a network address: of an IPv6 address its /48, which is ten times as patient, and its /64.

        `name` is a field of `config.RateLimits` that has one called `…_prefix` beside it.
        """
        if not ip:
            return ()
        own = self.bucket(name, network(ip), *subject)
        prefix = _prefix(ip)
        return (self.bucket(f"{name}_prefix", prefix, *subject), own) if prefix else (own,)

    def once(self, name: str, subject: str, *, seconds: int) -> Bucket:
        """Return the bucket of what may happen once in so many seconds, whatever the settings are."""
        return Bucket(name, self._hash(name, subject), Limit(burst=1, refill=seconds))

    def take(self, tx: Tx, *buckets: Bucket) -> Taken:
        """Take a token from each bucket, or from none when one of them is empty: one atomic statement each.

        All callers name their buckets in the same order, so transactions never wait for each other in a circle.
        """
        now, used = self._clock(), {}
        for position, bucket in enumerate(buckets):
            refill = bucket.limit.refill
            latest = now + (bucket.limit.burst - 1) * refill
            row = tx.one(_TAKE, key=bucket.key, first=now + refill, now=now, refill=refill, latest=latest)
            if row is None:
                self.refund(tx, *buckets[:position])
                return Taken(refused=bucket, wait=max(1, self.wait(tx, bucket)))
            used[bucket.name] = -(-(row["until"] - now) // refill)
        return Taken(buckets, used)

    def used(self, tx: Tx, bucket: Bucket) -> int:
        """Return how many tokens of a bucket are out. For what may be wrong by one; `take` decides."""
        row = tx.one("SELECT until FROM rate_limit WHERE key = :key", key=bucket.key)
        return max(0, -((self._clock() - row["until"]) // bucket.limit.refill)) if row else 0

    def wait(self, tx: Tx, *buckets: Bucket) -> int:
        """Return for how many seconds one of these buckets is still empty. For what may be wrong by one; `take` decides."""
        now = self._clock()
        latest = {bucket.key: now + (bucket.limit.burst - 1) * bucket.limit.refill for bucket in buckets}
        rows = (tx.one("SELECT key, until FROM rate_limit WHERE key = :key", key=key) for key in latest)
        return max((0, *(row["until"] - latest[row["key"]] for row in rows if row)))

    def refund(self, tx: Tx, *buckets: Bucket) -> None:
        """Give one token back to each bucket: the attempt that took it was right."""
        for bucket in buckets:
            tx.run(_REFUND, key=bucket.key, refill=bucket.limit.refill, now=self._clock())

    def reset(self, tx: Tx, *buckets: Bucket) -> None:
        """Fill buckets up."""
        for bucket in buckets:
            tx.run("DELETE FROM rate_limit WHERE key = :key", key=bucket.key)

    def purge(self, tx: Tx) -> int:
        """Delete buckets that are full, which is what one without a row is; returns how many."""
        return tx.run("DELETE FROM rate_limit WHERE until <= :now", now=self._clock())

    def _hash(self, *parts: str) -> str:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256").hex()


def _prefix(ip: str) -> str:
    """Return what one subscriber of IPv6 has at most, empty for IPv4, where the address itself is that."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(address, ipaddress.IPv6Address) or address.ipv4_mapped:
        return ""
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
