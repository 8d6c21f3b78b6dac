"""What a person does with each method: enrol it, and answer when it asks; rightly, or as somebody who hasn't got it."""

import secrets
from typing import Any, ClassVar

from idp.accounts.strength import Proof, password
from idp.factors.base import Attempt, Refusal
from tests.support.approving_device import ApprovingDevice
from tests.support.client_certificates import CertificateOffice
from tests.support.provider import ISSUER, ProviderUnderTest
from tests.support.strong import HERE, account_id, add_recovery_codes, add_totp
from tests.support.virtual_keys import SoftwareKey


class Driver:
    """alice and one method of hers. `idp` is the provider, whose clock a test turns."""

    name: ClassVar[str]

    def __init__(self, idp: ProviderUnderTest) -> None:
        self.idp = idp
        self.strong = idp.core.strong
        self.owner = account_id(idp, "alice")
        self.enrol()

    def enrol(self) -> None:
        """Set it up."""
        raise NotImplementedError

    def right(self, attempt: Attempt) -> dict[str, str]:
        """Do what proves it; return the form's fields."""
        raise NotImplementedError

    def wrong(self, attempt: Attempt) -> dict[str, str]:
        """Do what somebody would who hasn't got it; return the form's fields."""
        raise NotImplementedError

    def attempt(self, owner: str = "") -> Attempt:
        return Attempt(f"i{secrets.token_hex(12)}", owner or self.owner, "Filing", HERE.ip or "", HERE.user_agent or "")

    def verify(self, attempt: Attempt, answer: dict[str, str]) -> Proof | Refusal:
        return self.strong.registry.verify(self.name, attempt, answer)

    def ask(self, attempt: Attempt) -> Any:
        method = self.strong.registry.find(self.name)
        assert method
        return method.ask(attempt)


class TotpDriver(Driver):
    name = "totp"

    def enrol(self) -> None:
        self.app = add_totp(self.idp, "alice")

    def right(self, attempt: Attempt) -> dict[str, str]:  # noqa: ARG002 - asks nothing
        return {"code": self.app.code()}

    def wrong(self, attempt: Attempt) -> dict[str, str]:  # noqa: ARG002 - asks nothing
        return {"code": "000000"}


class RecoveryCodesDriver(Driver):
    name = "recovery_codes"

    def enrol(self) -> None:
        self.codes = list(add_recovery_codes(self.idp, "alice"))

    def right(self, attempt: Attempt) -> dict[str, str]:  # noqa: ARG002 - asks nothing
        return {"code": self.codes.pop()}

    def wrong(self, attempt: Attempt) -> dict[str, str]:  # noqa: ARG002 - asks nothing
        return {"code": "2222-2222-2222"}


class PasskeyDriver(Driver):
    name = "webauthn"

    def enrol(self) -> None:
        self.key = SoftwareKey()
        with self.idp.core.database.write() as tx:
            proofs = [password(self.idp.clock())]
            here = {"ip": HERE.ip, "user_agent": HERE.user_agent}
            session, _ = self.idp.core.accounts.sessions.start(tx, self.owner, proofs, **here, remember=False)
        enrolment = self.strong.passkeys.enrolment
        enrolment.finish(session, self.key.create(enrolment.begin(session)["passkey"]), HERE, otherwise="Passkey")

    def right(self, attempt: Attempt) -> dict[str, str]:
        return {"credential": self.key.get(self.ask(attempt)["options"])}

    def wrong(self, attempt: Attempt) -> dict[str, str]:
        return {"credential": self.key.get(self.ask(attempt)["options"], challenge="AAAA")}


class PushDriver(Driver):
    name = "push"

    def enrol(self) -> None:
        enrolments = self.strong.push.enrolments
        self.device = ApprovingDevice(self.idp.clock())
        begun = enrolments.open("sid", self.owner)
        number = enrolments.claim(begun.secret, self.device.register(enrolments.challenge(begun.secret), None), HERE)
        enrolments.confirm("sid", self.owner, begun.id, HERE, number=number, name="Phone")

    def right(self, attempt: Attempt) -> dict[str, str]:
        return self._answer(attempt, wrong=False)

    def wrong(self, attempt: Attempt) -> dict[str, str]:
        return self._answer(attempt, wrong=True)

    def _answer(self, attempt: Attempt, *, wrong: bool) -> dict[str, str]:
        number = self.ask(attempt)["request"].number
        self.device.now = self.idp.clock()
        push = self.strong.push
        device, _ = push.devices.identify(self.device.sign("list"), "list")
        (asked,) = push.approvals.open_for(device)
        typed = f"{(int(number) + 1) % 100:02d}" if wrong else number
        message = self.device.answer(asked, "approve", typed)
        push.approvals.answer(*push.devices.identify(message, "answer"), HERE)
        return {}


class CertificateDriver(Driver):
    """The address that asks for certificates is left out: what it does with one that it has been shown is called."""

    name = "certificate"

    def enrol(self) -> None:
        folder = self.idp.core.settings.data_dir
        with CertificateOffice(folder / "office", self.idp.clock) as office:
            office.publish(folder)
            self.certificate = office.issue(ISSUER, self.owner).certificate
            certificates = self.strong.certificates
            assert certificates.registration.add(self.owner, self.certificate, "certificates") == "added"
        # Nobody answers any more, whatever the clock says.
        certificates.door.showing._revocation.of = lambda _certificate, _issuer, **_: "good"

    def right(self, attempt: Attempt) -> dict[str, str]:
        return self._show(attempt, self.certificate)

    def wrong(self, attempt: Attempt) -> dict[str, str]:
        return self._show(attempt, b"not a certificate")

    def _show(self, attempt: Attempt, certificate: Any) -> dict[str, str]:
        ticket = self.ask(attempt)["url"].rpartition("/")[2]
        back = self.strong.certificates.door.showing.show(ticket, certificate, HERE)
        return {"result": back.partition("?result=")[2]}


DRIVERS = (PasskeyDriver, PushDriver, TotpDriver, RecoveryCodesDriver, CertificateDriver)
