"""Asks an account's devices whether it is them who sign in, and takes their one answer.

An account has one open request at a time, and whoever has proven its password a few in an hour that weren't approved; an attempt gets no second one unless the person asks for it. After a "no"
none is made for an hour, in whatever attempt, unless the password was typed since. Nobody learns the number but the sign-in page: a device that doesn't see it can only guess, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from config.strong import Push as Limits
from idp.accounts.common import Common
from idp.accounts.devices import describe
from idp.accounts.notices import Where
from idp.db import Row, Tx
from idp.factors.base import Attempt
from idp.factors.push import crypto
from idp.factors.push.crypto import BadMessage
from idp.factors.push.devices import Device, Devices
from idp.factors.push.store import requests as store
from idp.ids import new_id
from keys import hashing

HOUR = 3600
MOST_IN_ATTEMPT = 3
"""Requests in one attempt, counted with those that were sent again."""
_GRACE = 120
"""Seconds that the sign-in page has to fetch an approval."""
_LOCK_SECONDS = 900
_KEPT = 2 * HOUR

State = Literal["waiting", "approved", "wrong", "denied", "not_me", "expired", "limit"]
Lock = Callable[[Tx, str, Where], None]
ANSWERS = {"approve": "approved", "deny": "denied", "not_me": "not_me"}


@dataclass(frozen=True, slots=True)
class Request:
    """A question to the devices. Without an id there was none: too many in this hour (`limit`)."""

    id: str
    state: State
    number: str = ""
    expires_at: int = 0
    delivery: str = "none"
    can_repeat: bool = False
    wait_seconds: int = 0


class Approvals:
    """The use cases."""

    def __init__(
        self,
        common: Common,
        devices: Devices,
        limits: Limits,
        *,
        describe_place: Callable[[str], str],
        lock: Lock,
    ) -> None:
        self._common = common
        self._devices = devices
        self._limits = limits
        self._describe_place = describe_place
        self._lock = lock

    def ask(self, attempt: Attempt, *, again: bool = False) -> Request:
        """Return the attempt's request, made now if there was none, or if `again` and the last one may be repeated."""
        asked = store.of_attempt(self._common.database.read(), attempt.account_id, attempt.id)
        if asked and not (again and self._may_repeat(asked)):
            return self._request(asked)
        with self._common.database.write() as tx:
            now = self._common.clock()
            store.take_turn(tx, attempt.account_id, now=now)
            # Once more: another tab may have had the turn before.
            asked = store.of_attempt(tx, attempt.account_id, attempt.id)
            if asked and not (again and self._may_repeat(asked)):
                return self._request(asked)
            if store.denied_since(tx, attempt.account_id, since=max(attempt.typed_at, now - HOUR)):
                return Request("", "denied")
            count, oldest = store.recent(tx, attempt.account_id, attempt.proven, since=now - HOUR)
            if count >= self._limits.requests_per_hour:
                return Request("", "limit", wait_seconds=oldest + HOUR - now)
            store.expire_open(tx, attempt.account_id, now=now)
            self._insert(tx, attempt, now)
            if count + 1 == self._limits.requests_per_hour:
                where = Where(attempt.ip, attempt.user_agent)
                self._common.notices.tell(tx, attempt.account_id, "push_used_up", where, service=attempt.service)
            return self._request(store.of_attempt(tx, attempt.account_id, attempt.id))

    def current(self, attempt: Attempt) -> Request | None:
        """Return the attempt's last request."""
        asked = store.of_attempt(self._common.database.read(), attempt.account_id, attempt.id)
        return self._request(asked) if asked else None

    def use(self, attempt: Attempt, request_id: str) -> str | None:
        """Use up the approval of a request; return the device's id, None when there is nothing to use."""
        now = self._common.clock()
        with self._common.database.write() as tx:
            return store.use(tx, request_id, attempt.id, now=now, since=now - _GRACE)

    def end(self, tx: Tx, account_id: str) -> None:
        """End every request of an account, and every approval that wasn't used yet."""
        store.end(tx, account_id, now=self._common.clock())

    def state(self, request_id: str) -> dict[str, Any]:
        """Return what the sign-in page waits for. It tells nothing that helps to answer."""
        row = store.find(self._common.database.read(), crypto.plain(request_id))
        state = self._state(row) if row else "expired"
        return {"state": "waiting" if state == "waiting" else "over", "delivery": row["delivery"] if row else "none"}

    def open_for(self, device: Device) -> list[dict[str, Any]]:
        """Return what the device is asked now."""
        now = self._common.clock()
        return [self._shown(row) for row in store.open_of(self._common.database.read(), device.account_id, now=now)]

    def shown_to(self, device: Device, request_id: object) -> dict[str, Any] | None:
        """Return a request as the device shows it, open or not; None when it isn't its account's."""
        row = store.find(self._common.database.read(), crypto.plain(request_id))
        return self._shown(row) if row and row["account_id"] == device.account_id else None

    def answer(self, device: Device, claims: dict[str, Any], where: Where) -> tuple[bool, State]:
        """Take a device's answer; return whether it counts, and what the request is now. Raises BadMessage."""
        answer = ANSWERS.get(str(claims.get("decision")))
        request_id, number = crypto.plain(claims.get("request")), crypto.plain(claims.get("number"))
        if answer is None:
            raise BadMessage("no decision")
        with self._common.database.write() as tx:
            row = store.answer(
                tx,
                id=request_id,
                account_id=device.account_id,
                factor_id=device.id,
                challenge=crypto.plain(claims.get("challenge")),
                answer=answer,
                number=number,
                now=self._common.clock(),
            )
            if row is None:
                before = store.find(tx, request_id)
                if before is None or before["account_id"] != device.account_id:
                    raise BadMessage("not asked of this device")
                # Open still, and yet not answered: it repeats the challenge of another one.
                if (state := self._state(before)) == "waiting":
                    raise BadMessage("for another request")
                return False, state
            self._answered(tx, device, row, where)
        return True, self._state(row)

    def lock(self, device: Device, request_id: object, where: Where) -> bool:
        """Lock the account, for the device that has just said "it wasn't me"; once."""
        now = self._common.clock()
        with self._common.database.write() as tx:
            if not store.take_lock(
                tx,
                id=crypto.plain(request_id),
                account_id=device.account_id,
                factor_id=device.id,
                now=now,
                since=now - _LOCK_SECONDS,
            ):
                return False
            self._common.audit(tx, "push.locked", device.account_id, where, device=device.id)
            self._lock(tx, device.account_id, where)
        return True

    def withdraw(self, tx: Tx, account_id: str) -> None:
        """End the request that waits for an answer: it isn't needed any more, and a late yes would be for nobody."""
        store.expire_open(tx, account_id, now=self._common.clock())

    def purge(self, tx: Tx) -> int:
        """Delete what no limit needs any more; returns how many."""
        return store.purge(tx, before=self._common.clock() - _KEPT)

    def _insert(self, tx: Tx, attempt: Attempt, now: int) -> None:
        request_id, expires_at = new_id(), now + self._limits.request_seconds
        content = {
            "kind": "request",
            "id": request_id,
            "service": attempt.service,
            "place": self._describe_place(attempt.ip) or attempt.ip,
            "until": expires_at,
        }
        reached = self._devices.send(
            tx, attempt.account_id, content, expires_at=expires_at, urgency="high", topic=request_id
        )
        store.insert(
            tx,
            id=request_id,
            account_id=attempt.account_id,
            attempt_id=attempt.id,
            proven=attempt.proven,
            number=crypto.two_digits(),
            challenge=hashing.new_secret(),
            service=attempt.service[:200],
            ip=attempt.ip or None,
            user_agent=attempt.user_agent[:400],
            now=now,
            expires_at=expires_at,
            delivery="queued" if reached else "none",
        )
        where = Where(attempt.ip, attempt.user_agent)
        self._common.audit(tx, "push.asked", attempt.account_id, where, request=request_id, service=attempt.service)

    def _answered(self, tx: Tx, device: Device, row: Row, where: Where) -> None:
        """Leave the traces; "it wasn't me" also reaches the person by mail, where the attempt came from."""
        if row["answer"] == "not_me":
            asked_from = Where(row["ip"], row["user_agent"])
            self._common.notices.tell(
                tx, device.account_id, "push_not_me", asked_from, device=device.name, service=row["service"]
            )
        detail = {"request": row["id"], "device": device.id}
        self._common.audit(tx, f"push.{row['answer']}", device.account_id, where, **detail)

    def _request(self, asked: Sequence[Row]) -> Request:
        last = asked[0]
        return Request(
            id=last["id"],
            state=self._state(last),
            number=last["number"],
            expires_at=last["expires_at"],
            delivery=last["delivery"],
            can_repeat=self._may_repeat(asked),
        )

    def _may_repeat(self, asked: Sequence[Row]) -> bool:
        # After "no" only the password leads further: nobody is to be worn down.
        return self._state(asked[0]) in {"expired", "wrong"} and len(asked) < MOST_IN_ATTEMPT

    def _state(self, row: Row) -> State:
        now = self._common.clock()
        if row["answer"] is None:
            return "waiting" if row["expires_at"] > now else "expired"
        if row["answer"] == "approved" and (row["used_at"] is not None or row["answered_at"] <= now - _GRACE):
            return "expired"
        state: State = row["answer"]
        return state

    def _shown(self, row: Row) -> dict[str, Any]:
        return {
            "id": row["id"],
            "state": self._state(row),
            "challenge": row["challenge"],
            "service": row["service"],
            "ip": row["ip"] or "",
            "place": self._describe_place(row["ip"] or ""),
            "browser": describe(row["user_agent"]),
            "at": row["created_at"],
            "until": row["expires_at"],
        }
