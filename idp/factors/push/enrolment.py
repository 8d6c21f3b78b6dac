"""Registers a device: a link (as QR code) leads there, the device proves its key, and the signed-in person confirms that it is theirs.

The link works once, for whoever comes first. That it was the person's own device is known only when they have typed, on the signed-in
page, the number that the device shows: so a photographed QR code registers nobody else's phone.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from idp.accounts.common import Common
from idp.accounts.devices import describe
from idp.accounts.notices import Where
from idp.db import Row, Tx
from idp.factors.push import crypto
from idp.factors.push.crypto import BadMessage
from idp.factors.push.devices import NAME, Devices
from idp.factors.push.store import devices as device_store
from idp.factors.push.store import enrolments as store
from idp.factors.service import Factors
from idp.ids import new_id
from keys import encoding, hashing

MOST_TRIES = 3
"""Wrong numbers until the device is turned away."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A device on its way in; `secret` is what its link carries."""

    id: str
    secret: str
    expires_at: int
    claimed: bool
    ip: str
    user_agent: str
    reachable: bool
    """Whether it lets us send pushes."""


Confirmed = Literal["confirmed", "wrong", "gone"]


class Enrolments:
    """The use cases. `root` makes the links' secrets, so that a page can be reloaded while only their digests are stored."""

    def __init__(
        self, common: Common, factors: Factors, devices: Devices, *, root: bytes, issuer: str, seconds: int
    ) -> None:
        self._common = common
        self._factors = factors
        self._devices = devices
        self._root = root
        self._issuer = issuer
        self._seconds = seconds

    def open(self, sid: str, account_id: str) -> Enrolment:
        """Return the session's enrolment, begun now if it has none."""
        now, database = self._common.clock(), self._common.database
        row = store.of_session(database.read(), sid, account_id, now=now)
        if row is None:
            with database.write() as tx:
                begun, expires_at = new_id(), now + self._seconds
                store.open_for(
                    tx,
                    id=begun,
                    sid=sid,
                    account_id=account_id,
                    secret_hash=hashing.digest(self._secret(begun)),
                    expires_at=expires_at,
                    now=now,
                )
                row = store.of_session(tx, sid, account_id, now=now)
        if row is None:
            raise LookupError("the enrolment ended as it began")
        return self._enrolment(row)

    def find(self, sid: str, account_id: str) -> Enrolment | None:
        """Return the session's enrolment."""
        row = store.of_session(self._common.database.read(), sid, account_id, now=self._common.clock())
        return self._enrolment(row) if row else None

    def challenge(self, secret: str) -> str:
        """Return what the device of this link has to sign; an empty text when the link is no longer good."""
        row = store.find_open(self._common.database.read(), hashing.digest(secret), now=self._common.clock())
        return _challenge(secret) if row else ""

    def claim(self, secret: str, token: object, where: Where) -> str:
        """Let the device in that comes first, if it proves its key; return the number that it shows, empty if it came too late.

        Raises BadMessage.
        """
        _kid, unchecked = crypto.peek(token)
        key = crypto.read_key(unchecked.get("jwk"))
        claims = crypto.verify(str(token), key.jwk, issuer=self._issuer, act="register")
        if claims.get("challenge") != _challenge(secret):
            raise BadMessage("for another link")
        number = crypto.two_digits()
        subscription, endpoint_hash = self._devices.sealed(self._devices.read_subscription(claims.get("subscription")))
        with self._common.database.write() as tx:
            claimed = store.claim(
                tx,
                secret_hash=hashing.digest(secret),
                kid=key.kid,
                key=key.jwk,
                subscription=subscription,
                endpoint_hash=endpoint_hash,
                ip=where.ip,
                user_agent=where.user_agent and where.user_agent[:400],
                number=number,
                now=self._common.clock(),
            )
        return number if claimed else ""

    def progress(self, token: object) -> dict[str, Any]:
        """Tell the device that waits how far it is: `waiting`, `ready` (then for whom), or `gone`. Raises BadMessage."""
        kid, _claims = crypto.peek(token)
        tx = self._common.database.read()
        if device := device_store.find(tx, kid):
            crypto.verify(str(token), device["key"], issuer=self._issuer, act="progress")
            return {"state": "ready", "name": device["name"], "username": device["username"]}
        row = store.by_key(tx, kid, now=self._common.clock())
        if row is None:
            return {"state": "gone"}
        crypto.verify(str(token), row["key"], issuer=self._issuer, act="progress")
        return {"state": "waiting", "number": row["number"]}

    def confirm(
        self, sid: str, account_id: str, enrolment_id: str, where: Where, *, number: str, name: str
    ) -> Confirmed:
        """Register the device that shows this number; without a name it gets its browser's. After `MOST_TRIES` wrong ones it is turned away."""
        mine = {"sid": sid, "account_id": account_id, "id": crypto.plain(enrolment_id), "now": self._common.clock()}
        with self._common.database.write() as tx:
            row = store.confirm(tx, **mine, number=crypto.plain(number), most=MOST_TRIES)
            if row is None:
                misses = store.count_miss(tx, **mine)
                if misses >= MOST_TRIES:
                    store.end(tx, sid)
                return "wrong" if 0 < misses < MOST_TRIES else "gone"
            name = name.strip() or describe(row["user_agent"]) or str(row["ip"])
            factor_id = self._factors.add(tx, account_id, NAME, name, where)
            columns = ("kid", "key", "subscription", "endpoint_hash")
            device_store.insert(tx, factor_id=factor_id, **{column: row[column] for column in columns})
        return "confirmed"

    def start_over(self, sid: str) -> None:
        """Turn away the device that waits, and end the link."""
        with self._common.database.write() as tx:
            self.withdraw(tx, sid)

    def withdraw(self, tx: Tx, sid: str) -> None:
        """End what a session had begun to register."""
        store.end(tx, sid)

    def end(self, tx: Tx, account_id: str) -> None:
        """End every registration of the account that has begun."""
        store.end_all(tx, account_id)

    def purge(self, tx: Tx) -> int:
        """Delete what expired; returns how many."""
        return store.purge(tx, before=self._common.clock())

    def _secret(self, enrolment_id: str) -> str:
        return encoding.encode(hmac.digest(self._root, enrolment_id.encode(), sha256)).decode()

    def _enrolment(self, row: Row) -> Enrolment:
        return Enrolment(
            id=row["id"],
            secret=self._secret(row["id"]),
            expires_at=row["expires_at"],
            claimed=row["claimed_at"] is not None,
            ip=row["ip"] or "",
            user_agent=row["user_agent"] or "",
            reachable=row["subscription"] is not None,
        )


def _challenge(secret: str) -> str:
    return hashing.digest(f"push enrolment {secret}")
