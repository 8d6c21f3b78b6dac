"""Push approval as the sign-in flow sees it, with the use cases that its pages call."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from config.provider import ProviderSettings
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.strength import POSSESSION, Proof
from idp.db import Tx
from idp.factors.base import Attempt, Description, Refusal
from idp.factors.push.approvals import Approvals, Lock, Request
from idp.factors.push.devices import NAME, Devices
from idp.factors.push.enrolment import Enrolment, Enrolments
from idp.factors.service import Factors
from keys import Sealer
from keys.vapid import VapidKey

_NOTICE_SECONDS = 24 * 3600


def lock_nothing(_tx: Tx, _account_id: str, _where: Where) -> None:
    """Stand in where there is no lock-down."""


def no_place(_ip: str) -> str:
    """Stand in where no address can be placed."""
    return ""


class Push:
    """The method. `describe_place` names the place of a network address; `lock` locks an account down, in the transaction it gets."""

    name = NAME
    backup = False

    def __init__(
        self,
        *,
        common: Common,
        factors: Factors,
        sealer: Sealer,
        settings: ProviderSettings,
        vapid: VapidKey,
        describe_place: Callable[[str], str] = no_place,
        lock: Lock = lock_nothing,
    ) -> None:
        strong = settings.strong
        self._common = common
        self._factors = factors
        self.settings = settings
        self.vapid = vapid
        self.devices = Devices(common, factors, sealer, issuer=settings.issuer, hosts=strong.push.hosts)
        self.enrolments = Enrolments(
            common,
            factors,
            self.devices,
            root=sealer.derive("push-enrolment"),
            issuer=settings.issuer,
            seconds=strong.enrolment,
        )
        self.approvals = Approvals(common, self.devices, strong.push, describe_place=describe_place, lock=lock)

    def describe(self) -> Description:
        """Return what people read about it."""
        return Description(
            title=_("Approve on your phone"),
            hint=_("Your phone shows who is signing in and asks for the number that you see here."),
            icon="phone",
        )

    def add_url(self, next_path: str = "") -> str:
        """Return the address of the page that registers a device."""
        return url_for("push.add", next=next_path or None)

    def has_just_registered(self, account_id: str) -> bool:
        """Tell whether a device was registered moments ago."""
        return self._factors.has_just_added(account_id, NAME)

    def details(self, account_id: str) -> Mapping[str, str]:
        """Return whether each device is notified."""
        return {
            factor_id: _("gets notifications") if reached else _("shows requests when you open its approvals page")
            for factor_id, reached in self.devices.reached(account_id).items()
        }

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:
        """Ask the devices, once in an attempt; return the number to show and how it stands."""
        return self._page(attempt, self.approvals.ask(attempt))

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Look at what the device has answered; `again` in the form asks once more, where that is allowed."""
        if answer.get("again"):
            return _refused(self.approvals.ask(attempt, again=True))
        request = self.approvals.current(attempt)
        if request is None:
            return Refusal("waiting")
        # The session that follows is waited for, and with it the disk has this as well.
        with self._common.database.write(durable=False) as tx:
            device_id = self.approvals.use(attempt, request.id)
            if device_id is None:
                return _refused(request)
            self._factors.used(tx, device_id, Where(attempt.ip, attempt.user_agent))
        return self.proof()

    def proof(self) -> Proof:
        """Return what an approval proves: the person has the device (RFC 8176: a software key, over another channel)."""
        return Proof(NAME, self._common.clock(), ("swk", "mca"), (POSSESSION,))

    def notify(self, tx: Tx, account_id: str, title: str, body: str, url: str) -> None:
        """Show a notice on all devices of an account; `url`, a path on this host, is where it leads."""
        content = {"kind": "notice", "title": title, "body": body, "url": url}
        until = self._common.clock() + _NOTICE_SECONDS
        self.devices.send(tx, account_id, content, expires_at=until, urgency="normal")

    def now(self) -> int:
        """Return the time, for a device whose clock is off."""
        return self._common.clock()

    def link_for(self, enrolment: Enrolment) -> str:
        """Return where the device that is to be registered goes."""
        return self._common.link(f"approvals/register/{enrolment.secret}")

    def revoke(self, tx: Tx, account_id: str) -> None:
        """End what waits for an answer, or to be registered. The devices stay."""
        self.approvals.end(tx, account_id)
        self.enrolments.end(tx, account_id)

    def purge(self, tx: Tx) -> None:
        """Forget what has had its time; call it about once an hour."""
        self.approvals.purge(tx)
        self.enrolments.purge(tx)

    def _page(self, attempt: Attempt, request: Request) -> Mapping[str, Any]:
        devices = [each for each in self._factors.listing(attempt.account_id) if each.method == NAME]
        return {
            "request": request,
            "denied": request.state == "denied" and not request.id,
            "seconds": max(0, request.expires_at - self._common.clock()),
            "minutes": -(-request.wait_seconds // 60),
            "devices": [each.name for each in devices],
            "state_url": url_for("push.state", request_id=request.id) if request.id else "",
            "device_url": self._common.link("approvals/"),
        }


def _refused(request: Request) -> Refusal:
    match request.state:
        case "waiting" | "approved":
            return Refusal("waiting")
        case "wrong":
            message = _("The number typed on your device wasn’t the one shown here, so that request has ended.")
            return Refusal("wrong", message=message)
        case "denied" | "not_me":
            return Refusal("denied")
        case "limit":
            message = ngettext(
                "Your devices were asked too often in the last hour. You can ask again in one minute, or use another way.",
                "Your devices were asked too often in the last hour. You can ask again in %(num)d minutes, or use another way.",
                -(-request.wait_seconds // 60),
            )
            return Refusal("wait", request.wait_seconds, message)
        case "expired":
            # Not "expired", which counts as an attempt: whoever was slow, or away, has guessed nothing.
            message = _("Nobody answered in time, or a newer sign-in asked your devices instead.")
            return Refusal("unavailable", message=message)
