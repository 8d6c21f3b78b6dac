"""Push approval over a database, without a browser."""

from pathlib import Path
from typing import Any

from idp.accounts.notices import Where
from idp.accounts.strength import Proof
from idp.db import Database, Tx
from idp.factors.base import Attempt, Refusal
from idp.factors.push.service import Push
from idp.factors.service import Factors
from keys.vapid import VapidKey
from tests.support.approving_device import ApprovingDevice, BrowserSubscription
from tests.support.people import HERE, People, quick_settings

PHONE = Where("198.51.100.4", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")


class Approving:
    """Push approval over a database, one account with an attempt to sign in, and what it takes to register devices."""

    def __init__(self, database: Database, folder: Path, **environ: str) -> None:
        self.people = People(database, quick_settings(folder, **environ))
        accounts = self.people.accounts
        self.common = accounts.common
        self.factors = Factors(self.common)
        self.locked: list[str] = []
        self.push = Push(
            common=self.common,
            factors=self.factors,
            sealer=self.people.sealer,
            settings=accounts.settings,
            vapid=VapidKey(folder / "keys", "mailto:account@example.org"),
            describe_place=lambda ip: "Lisbon, Portugal" if ip == HERE.ip else "",
            lock=self._lock,
        )
        self.account_id = self.people.create()
        self.device = self.add_device()
        self.people.post()

    def _lock(self, _tx: Tx, account_id: str, _where: Where) -> None:
        self.locked.append(account_id)

    def attempt(self, attempt_id: str = "attempt-1", **changes: Any) -> Attempt:
        filled = {"account_id": self.account_id, "service": "Filing", "ip": HERE.ip, "user_agent": HERE.user_agent}
        return Attempt(id=attempt_id, **filled | changes)

    def add_device(
        self, account_id: str = "", *, subscription: BrowserSubscription | None = None, name: str = "Phone"
    ) -> ApprovingDevice:
        """Register a device; with a subscription pushes reach it."""
        account_id, enrolments = account_id or self.account_id, self.push.enrolments
        device, sid = ApprovingDevice(self.people.now), f"sid{account_id}"[:26]
        begun = enrolments.open(sid, account_id)
        offered = subscription.to_json() if subscription else None
        number = enrolments.claim(begun.secret, device.register(enrolments.challenge(begun.secret), offered), PHONE)
        assert enrolments.confirm(sid, account_id, begun.id, HERE, number=number, name=name) == "confirmed"
        return device

    def asked(self, device: ApprovingDevice | None = None) -> dict[str, Any]:
        """Return the one request that the device finds."""
        known, _claims = self.push.devices.identify((device or self.device).sign("list"), "list")
        (request,) = self.push.approvals.open_for(known)
        return request

    def answer(self, message: str) -> tuple[bool, str]:
        return self.push.approvals.answer(*self.push.devices.identify(message, "answer"), PHONE)

    def verify(self, attempt_id: str = "attempt-1", **fields: str) -> Proof | Refusal:
        return self.push.verify(self.attempt(attempt_id), fields)

    def lock(self, device: ApprovingDevice, request_id: str) -> bool:
        device.now = self.people.now
        known, _claims = self.push.devices.identify(device.sign("lock", request=request_id), "lock")
        return self.push.approvals.lock(known, request_id, PHONE)

    def events(self) -> list[str]:
        """Return what the audit trail says of requests."""
        return [event for event in self.people.events() if event.startswith("push.")]

    def forward(self, seconds: int) -> None:
        self.people.now += seconds
        self.device.now += seconds


def refused(outcome: Proof | Refusal) -> str:
    """Return why there is no proof."""
    assert isinstance(outcome, Refusal)
    return outcome.reason
