"""Password verification: whether a password is this person's, and no more than that. The session is begun by the sign-in flow.

An attempt is counted before anything is compared (`docs/guessing.md`): by account, whatever was typed to name it, and by network; in a
browser that the account knows by that browser alone. A name that nobody has gets a stand-in account, so that it counts, costs and
answers the same. When an account's budget for unknown browsers is used up, nobody is refused: `mail` asks for a code by mail as well.
When a network's is, or while there are far more wrong passwords than usual, `work` asks for a proof of work.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from idp import audit
from idp.accounts.common import Common
from idp.accounts.failure_rate import FailureRate
from idp.accounts.hash_queue import KNOWN, QUIET, HashQueueFullError
from idp.accounts.identifiers import MAX_IDENTIFIER, address_key, username_key
from idp.accounts.models import ACTIVE, LOCKED
from idp.accounts.network_limits import NetworkLimits, NetworkRefused
from idp.accounts.passwords import Passwords
from idp.accounts.store import people
from idp.db import Row, Tx
from idp.web.proof_of_work import Solved
from idp.web.proxies import network
from idp.web.rate_limit import Bucket, RateLimiter

BUSY_SECONDS = 2
"""After which an attempt is worth repeating when too many hashes wait."""
GUESSING_JOB = "accounts.guessing"
"""Message of the outbox: an account has had as many wrong passwords in a row as unknown browsers may try."""

NO_DEVICE = ""
_TOLERATED = 3
"""Wrong passwords from a network, of late, before its attempts come after those of others."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The password was right."""

    account_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It wasn't, or wasn't looked at. `disabled`, `locked` and `expired` are said only to who has the right password.

    `wait`: this network has tried too much lately. `busy`: too many hashes wait. `mail`: whether it is right is told by mail only.
    `work`: it wants a proof of work of this `level` first, or `wait_seconds` at least.
    """

    reason: Literal["wrong", "wait", "busy", "mail", "work", "disabled", "locked", "expired"]
    wait_seconds: int = 0
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What an attempt has taken, and its place in the queue of hashes."""

    buckets: tuple[Bucket, ...]
    rank: int
    spent: tuple[Bucket, ...] = ()
    """What it has given for being looked at, and gets back only when it wasn't."""
    wrong: tuple[Bucket, ...] = ()
    """What counts wrong passwords only."""
    last: bool = False
    """It was the last one of an unknown browser before the owner signs in."""


class PasswordSignIn:
    """Verifies passwords. `stand_in_key` makes accounts out of names that nobody has."""

    def __init__(  # noqa: PLR0917 - what the composition root has
        self,
        common: Common,
        passwords: Passwords,
        limiter: RateLimiter,
        network_limits: NetworkLimits,
        failure_rate: FailureRate,
        stand_in_key: bytes,
    ) -> None:
        self._common = common
        self._database = common.database
        self._passwords = passwords
        self._limiter = limiter
        self._network_limits = network_limits
        self._failure_rate = failure_rate
        self._stand_in_key = stand_in_key

    def verify(
        self,
        identifier: str,
        password: str,
        *,
        ip: str | None,
        user_agent: str | None,
        find_device: Callable[[str], str] = lambda _account_id: NO_DEVICE,
        solved: Solved | None = None,
    ) -> Verified | Refused:
        """Verify a password; `identifier` is a username or the account's e-mail address.

        `find_device` tells by which device cookie the account knows the browser (`device_cookies.py`); `solved` is a proof of work for
        this sign-in at this address, which counts once.
        """
        identifier = identifier.strip()[:MAX_IDENTIFIER]
        account = self.find(identifier)
        attempt = self._take(identifier, account, ip, find_device, solved)
        return attempt if isinstance(attempt, Refused) else self._verify(attempt, account, password, ip, user_agent)

    def verify_own(
        self, account_id: str, sid: str, password: str, *, ip: str | None, user_agent: str | None
    ) -> Verified | Refused:
        """Verify the present password of somebody who is signed in; attempts count by session, so strangers can't use them up."""
        account = people.credentials_by_id(self._database.read(), account_id)
        bucket = self._limiter.bucket("session_password", sid)
        with self._database.write(durable=False) as tx:
            taken = self._limiter.take(tx, bucket)
        if taken.refused:
            return Refused("wait", taken.wait)
        return self._verify(_Attempt(taken.buckets, KNOWN), account, password, ip, user_agent)

    def matches(self, account: Row | None, password: str) -> bool:
        """Tell whether the password is the account's, for the worker: nothing is counted here."""
        return account is not None and self._passwords.verify(account["password_hash"], password)

    def is_expired(self, account: Row) -> bool:
        """Tell whether the password is an initial one that nobody has changed in time."""
        expires_at = account["password_expires_at"]
        return expires_at is not None and bool(expires_at <= self._common.clock())

    def find(self, identifier: str) -> Row | None:
        """Return the credentials of who is called so (`people.credentials_by_username`), None when nobody is."""
        tx = self._database.read()
        # No username has an @, so no one can take a username that is another's address.
        if "@" in identifier:
            return people.credentials_by_address(tx, address_key(identifier))
        return people.credentials_by_username(tx, username_key(identifier))

    def signed_in(self, tx: Tx, account_id: str) -> None:
        """Forget the wrong passwords in a row: their owner has signed in. NIST SP 800-63B-4 section 3.2.2."""
        account = people.credentials_by_id(tx, account_id)
        if account is not None:
            self._limiter.reset(tx, *(self._in_a_row(name, account_id, account) for name in _IN_A_ROW))

    def _verify(
        self, attempt: _Attempt, account: Row | None, password: str, ip: str | None, user_agent: str | None
    ) -> Verified | Refused:
        stored = account["password_hash"] if account else None
        try:
            right = self._passwords.verify(stored, password, rank=attempt.rank)
        except HashQueueFullError:
            with self._database.write(durable=False) as tx:
                self._limiter.refund(tx, *attempt.buckets, *attempt.spent)
            return Refused("busy", BUSY_SECONDS)
        fresh = self._passwords.hash(password) if right and stored and self._passwords.needs_rehash(stored) else None
        now = self._common.clock()
        # A success only tidies up here; what it leads to is written, and waited for, by whoever begins the session.
        with self._database.write(durable=not right) as tx:
            if account is None or not right:
                account_id = account["id"] if account else None
                self._limiter.take(tx, *attempt.wrong)
                if attempt.last:
                    self._common.outbox.add(tx, GUESSING_JOB, {"account_id": account_id, "ip": ip, "agent": user_agent})
                audit.record(
                    tx,
                    "sign_in.refused",
                    at=now,
                    account_id=account_id,
                    ip=ip,
                    # What was typed may be a password in the wrong field: it isn't recorded.
                    detail={"method": "password", "user_agent": user_agent},
                )
                if attempt.wrong:
                    self._failure_rate.count(tx)
                return Refused("wrong")
            self._limiter.refund(tx, *attempt.buckets)
            if fresh and stored:
                people.replace_hash(tx, account["id"], stale=stored, fresh=fresh)
        if account["status"] != ACTIVE:
            return Refused("locked" if account["status"] == LOCKED else "disabled")
        if self.is_expired(account):
            return Refused("expired")
        return Verified(account["id"], account["username"])

    def _take(
        self,
        identifier: str,
        account: Row | None,
        ip: str | None,
        find_device: Callable[[str], str],
        solved: Solved | None,
    ) -> _Attempt | Refused:
        """Count an attempt: in a known browser by that alone, in others by network and then by account."""
        limiter, name = self._limiter, name_key(identifier)
        account_id = account["id"] if account else self._stand_in(name)
        device = find_device(account_id)
        here = network(ip or "")
        with self._database.write(durable=False) as tx:
            if device:
                known = limiter.bucket("known_browser", account_id, device)
                taken = limiter.take(tx, known, self._in_a_row("known_in_a_row", account_id, account))
                if taken.refused is None:
                    return _Attempt(taken.buckets, KNOWN)
            wrong = limiter.bucket("network_wrong", here)
            rank = max(QUIET, QUIET + limiter.used(tx, wrong) - _TOLERATED)
            if self._passwords.queue.is_full(rank):
                return Refused("busy", BUSY_SECONDS)
            by_network = self._network_limits.take(tx, ip, name, solved=solved)
            if isinstance(by_network, NetworkRefused):
                return Refused(by_network.reason, by_network.wait_seconds, by_network.level)
            by_account = limiter.take(
                tx,
                limiter.bucket("account_day", account_id),
                self._in_a_row("account_in_a_row", account_id, account),
                limiter.bucket("account", account_id),
            )
            if by_account.refused:
                code = limiter.take(tx, limiter.bucket("code_request", account_id, here))
                return Refused("wait", code.wait) if code.refused else Refused("mail")
        return _Attempt(
            (*by_network.buckets, *by_account.buckets),
            rank,
            spent=by_network.spent,
            wrong=(wrong,),
            last=by_account.used["account_in_a_row"] >= by_account.buckets[1].limit.burst,
        )

    def _in_a_row(self, name: str, account_id: str, account: Row | None) -> Bucket:
        """Return a bucket that is full again with each new password."""
        return self._limiter.bucket(name, account_id, str(account["password_changed_at"] if account else 0))

    def _stand_in(self, name: str) -> str:
        """Return the id of the account that a name would have; who doesn't know the key can't tell it from another's."""
        return hmac.digest(self._stand_in_key, name.encode(), "sha256").hex()[:26]


_IN_A_ROW = ("account_in_a_row", "known_in_a_row")


def name_key(identifier: str) -> str:
    """Return what was typed as a name in its normal form."""
    identifier = identifier.strip()[:MAX_IDENTIFIER]
    return address_key(identifier) if "@" in identifier else username_key(identifier)
