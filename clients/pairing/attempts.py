"""How many tries are left: counters in SQL for each account, address and office, counted before a code is looked at.

A window begins with the first try and ends an hour later. Within it an account has 5 tries and an address 20; more are refused without
looking at the code. An office is never locked, or anybody could lock its staff out: when many wrong codes have come for it, accounts and
addresses have fewer tries with it instead, so that a guesser needs another account and another address for every second guess.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select, text

from clients.pairing.models import Throttle
from clients.sso.db import db
from config.hosts import network

WINDOW = 3600
"""Seconds."""
ACCOUNT_TRIES = 5
ADDRESS_TRIES = 20
OFFICE_CALM = 20
"""Tries with one office in a window; from then on it is slowed."""
SLOWED_ACCOUNT_TRIES = 2
SLOWED_ADDRESS_TRIES = 6

_COUNT = text(
    "INSERT INTO pairing_throttle AS t (key, tried, began_at) VALUES (:key, 1, :now) ON CONFLICT (key) DO UPDATE SET"
    " tried = CASE WHEN t.began_at <= :ended THEN 1 ELSE t.tried + 1 END,"
    " began_at = CASE WHEN t.began_at <= :ended THEN :now ELSE t.began_at END RETURNING tried, began_at"
)
_GIVE_BACK = text("UPDATE pairing_throttle SET tried = tried - 1 WHERE key = :key AND tried > 0")


class Refused(StrEnum):
    """Why a code isn't even looked at."""

    ACCOUNT = "account locked"
    ADDRESS = "address locked"
    OFFICE = "office slowed"


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody who tries, from where, with which office."""

    sub: str
    address: str
    kind: str
    customer_id: str

    def counters(self) -> tuple[str, str, str]:
        """Return the counters' names, always in this order: transactions that wait for each other in a circle there are none."""
        return (
            f"address:{network(self.address)}",
            f"account:{self.sub}",
            f"office:{self.kind}:{self.customer_id}",
        )


def count(one: Try, now: int) -> tuple[Refused | None, int]:
    """Count a try within the caller's transaction; return why it is refused, if it is, and for how many seconds."""
    keys = one.counters()
    address, address_until = _count(keys[0], now)
    account, account_until = _count(keys[1], now)
    if account > ACCOUNT_TRIES:
        return Refused.ACCOUNT, account_until - now
    if address > ADDRESS_TRIES:
        return Refused.ADDRESS, address_until - now
    office, _ = _count(keys[2], now)
    if office > OFFICE_CALM and (account > SLOWED_ACCOUNT_TRIES or address > SLOWED_ADDRESS_TRIES):
        return Refused.OFFICE, (account_until if account > SLOWED_ACCOUNT_TRIES else address_until) - now
    return None, 0


def give_back(one: Try) -> None:
    """Let a try that was right not count, and no more than that: a code that somebody knows must not buy them guesses at another."""
    for key in one.counters():
        db.session.execute(_GIVE_BACK, {"key": key})


def is_slowed(kind: str, customer_id: str, now: int) -> bool:
    """Tell whether an office is being guessed at."""
    row = db.session.get(Throttle, f"office:{kind}:{customer_id}")
    return row is not None and row.tried > OFFICE_CALM and row.began_at > now - WINDOW


def forget(now: int) -> None:
    """Remove counters whose window has ended long ago, but for those that somebody is just counting; within the caller's transaction."""
    old = select(Throttle.key).where(Throttle.began_at <= now - 24 * WINDOW).with_for_update(skip_locked=True)
    db.session.execute(delete(Throttle).where(Throttle.key.in_(old)).execution_options(synchronize_session=False))


def _count(key: str, now: int) -> tuple[int, int]:
    """Return how many tries there were in this window, with this one, and when it ends."""
    tried, began_at = db.session.execute(_COUNT, {"key": key, "now": now, "ended": now - WINDOW}).one()
    return tried, began_at + WINDOW
