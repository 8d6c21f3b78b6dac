"""Whether a password is this person's. Decides no more than that: the session is begun by the sign-in flow.

A hot path: apart from the hash, a handful of statements. Unknown accounts cost the same hash and get the same answer.
"""

from dataclasses import dataclass
from typing import Literal

from idp import audit
from idp.accounts.identifiers import MAX_IDENTIFIER, address_key, username_key
from idp.accounts.models import ACTIVE, LOCKED
from idp.accounts.passwords import Passwords
from idp.accounts.store import people
from idp.clock import Clock
from idp.db import Database, Row
from idp.web import throttle


@dataclass(frozen=True, slots=True)
class Verified:
    """The password was right."""

    account_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It wasn't, or wasn't looked at. `disabled` and `locked` are said only to who has the right password."""

    reason: Literal["wrong", "wait", "disabled", "locked"]
    wait_seconds: int = 0


class PasswordSignIn:
    """Verifies passwords, slowly after failures."""

    def __init__(self, database: Database, passwords: Passwords, brake: throttle.Throttle, clock: Clock) -> None:
        self._database = database
        self._passwords = passwords
        self._throttle = brake
        self._clock = clock

    def verify(
        self, identifier: str, password: str, *, ip: str | None, user_agent: str | None, known_browser: str = ""
    ) -> Verified | Refused:
        """Verify a password; `identifier` is a username or the account's e-mail address.

        `known_browser` is the id of a browser in which it has signed in before (`known_browsers.py`).
        """
        identifier = identifier.strip()[:MAX_IDENTIFIER]
        keys = throttle_keys(identifier, ip, known_browser)
        # First of all, so that a refused attempt costs no hash.
        if wait := self._throttle.check(*keys):
            return Refused("wait", wait)
        account = self._credentials(identifier)
        stored = account["password_hash"] if account else None
        right = self._passwords.verify(stored, password)
        fresh = self._passwords.hash(password) if right and stored and self._passwords.needs_rehash(stored) else None
        now = self._clock()
        # A success only tidies up here; what it leads to is written, and waited for, by whoever begins the session.
        with self._database.write(durable=not right) as tx:
            if account is None or not right:
                self._throttle.failed(tx, *keys)
                audit.record(
                    tx,
                    "sign_in.refused",
                    at=now,
                    account_id=account["id"] if account else None,
                    ip=ip,
                    # What was typed may be a password in the wrong field: it isn't recorded.
                    detail={"method": "password", "user_agent": user_agent},
                )
                return Refused("wrong")
            self._throttle.succeeded(tx, *keys)
            if fresh and stored:
                people.replace_hash(tx, account["id"], stale=stored, fresh=fresh)
        if account["status"] != ACTIVE:
            return Refused("locked" if account["status"] == LOCKED else "disabled")
        return Verified(account["id"], account["username"])

    def _credentials(self, identifier: str) -> Row | None:
        tx = self._database.read()
        # No username has an @, so no one can take a username that is another's address.
        if "@" in identifier:
            return people.credentials_by_address(tx, address_key(identifier))
        return people.credentials_by_username(tx, username_key(identifier))


def name_key(identifier: str) -> str:
    """Return what was typed as a name in its normal form."""
    identifier = identifier.strip()[:MAX_IDENTIFIER]
    return address_key(identifier) if "@" in identifier else username_key(identifier)


def throttle_keys(identifier: str, ip: str | None, known_browser: str = "") -> list[throttle.Key]:
    """Return what failed sign-ins are counted by.

    The account's key is what was typed, so that it says nothing about who exists; in a known browser it is that browser's own.
    """
    key = name_key(identifier) + (f" {known_browser}" if known_browser else "")
    return [throttle.account(key), throttle.OVERALL, *([throttle.address(ip)] if ip else [])]
