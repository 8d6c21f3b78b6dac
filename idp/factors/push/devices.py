"""The registered devices: whose a signed message is, where pushes reach each of them, and when one is out of reach."""

from dataclasses import dataclass
from typing import Any

import orjson

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.db import Row, Tx
from idp.factors.push import crypto
from idp.factors.push.crypto import BadMessage, StaleMessage
from idp.factors.push.store import devices as store
from idp.factors.push.store import requests
from idp.factors.service import Factors
from idp.notify.push import Outcome, Subscription
from keys import Sealer, hashing

NAME = "push"
_PURPOSE = "push-subscription"


@dataclass(frozen=True, slots=True)
class Device:
    """A registered device and whose it is. Its id is its factor's."""

    id: str
    kid: str
    account_id: str
    username: str
    name: str
    subscribed: bool


class Devices:
    """Finds devices and reaches them. Implements `idp.notify.push.Devices`."""

    def __init__(
        self, common: Common, factors: Factors, sealer: Sealer, *, issuer: str, hosts: tuple[str, ...]
    ) -> None:
        self._common = common
        self._factors = factors
        self._sealer = sealer
        self._issuer = issuer
        self._hosts = hosts

    def identify(self, token: object, act: str) -> tuple[Device, dict[str, Any]]:
        """Return who signed a message for this act just now, and its claims. Raises BadMessage, StaleMessage."""
        kid, _claims = crypto.peek(token)
        row = store.find(self._common.database.read(), kid)
        if row is None:
            raise BadMessage("no such device", unknown=True)
        claims = crypto.verify(str(token), row["key"], issuer=self._issuer, act=act)
        if not crypto.is_fresh(claims, self._common.clock()):
            raise StaleMessage("signed at another time")
        return _device(row), claims

    def resubscribe(self, device: Device, subscription: Subscription | None) -> None:
        """Keep where pushes reach the device from now on; None: nowhere, it has to look for itself."""
        with self._common.database.write() as tx:
            store.subscribe(tx, device.id, *self.sealed(subscription))
            if subscription is not None:
                self._factors.found(tx, device.id)

    def reached(self, account_id: str) -> dict[str, bool]:
        """Return the account's devices by their ids, and whether pushes reach them."""
        rows = store.of_account(self._common.database.read(), account_id)
        return {row["factor_id"]: row["subscription"] is not None for row in rows}

    def send(
        self, tx: Tx, account_id: str, content: dict[str, Any], *, expires_at: int, urgency: str, topic: str = ""
    ) -> int:
        """Queue a push to each of the account's devices that one reaches; return to how many. `topic` is also what is reported on."""
        reachable = [row for row in store.of_account(tx, account_id) if row["subscription"] is not None]
        for row in reachable:
            self._common.outbox.push(
                tx,
                row["factor_id"],
                content,
                expires_at=expires_at,
                urgency=urgency,
                topic=topic,
                reference=topic,
            )
        return len(reachable)

    def subscription(self, device_id: str, reference: str) -> Subscription | None:
        """Return where pushes reach the device, if it is somewhere that we (still) send to, and the request (if any) is still open."""
        tx = self._common.database.read()
        row = store.by_factor(tx, device_id)
        if row is None or row["subscription"] is None:
            return None
        if reference and not requests.is_open(tx, reference, now=self._common.clock()):
            return None
        opened = Subscription(*orjson.loads(self._sealer.open(row["subscription"], purpose=_PURPOSE)))
        return opened if crypto.is_allowed(opened.endpoint, self._hosts) else None

    def gone(self, device_id: str, subscription: Subscription) -> None:
        """Take note that the subscription has ended; the person is told, once."""
        with self._common.database.write() as tx:
            row = store.by_factor(tx, device_id)
            # It may have subscribed anew while the message was under way.
            if row is None or not store.drop_subscription(tx, device_id, hashing.digest(subscription.endpoint)):
                return
            if factor := self._factors.find(row["account_id"], device_id):
                self._factors.lost(tx, factor, Where(None, None))

    def report(self, reference: str, outcome: Outcome) -> None:
        """Take note of how the push for a request fared; the sign-in page says it."""
        if reference:
            with self._common.database.write(durable=False) as tx:
                requests.note_delivery(tx, reference, outcome)

    def sealed(self, subscription: Subscription | None) -> tuple[str | None, str | None]:
        """Return what the database keeps of a subscription."""
        if subscription is None:
            return None, None
        sealed = self._sealer.seal(orjson.dumps(list(subscription)), purpose=_PURPOSE)
        return sealed, hashing.digest(subscription.endpoint)

    def read_subscription(self, value: object) -> Subscription | None:
        """Return the subscription that a browser sends. Raises BadMessage."""
        return crypto.read_subscription(value, self._hosts)


def _device(row: Row) -> Device:
    return Device(
        id=row["factor_id"],
        kid=row["kid"],
        account_id=row["account_id"],
        username=row["username"],
        name=row["name"],
        subscribed=row["subscription"] is not None,
    )
