"""Making and revoking certificates: the one place where the authority's key is used for people.

A certificate is signed, recorded and noted in the trail in one transaction, and is handed out after it: a crash in between leaves nothing
that anybody has seen, its serial number was random and never comes again, and the same request can be made once more.
"""

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.exc import IntegrityError

from clients.certificates import issued, trail
from clients.certificates.models import Certificate
from clients.certificates.trail import Who
from clients.sso.db import db
from keys.ca import Authority, Order, Person, RefusedRequestError
from keys.ca.authority import new_serial
from keys.ca.crl import REASONS
from keys.ca.requests import checked, key_fingerprint


class NotFoundError(Exception):
    """There is no such request or certificate, or it is somebody else's."""


class MadeAlreadyError(Exception):
    """There is a certificate for this request, or one that renews the same one; `certificate` is it."""

    def __init__(self, certificate: Certificate) -> None:
        super().__init__(certificate.serial)
        self.certificate = certificate


class _KnownKeys:
    """Fingerprints of all keys that ever had a certificate."""

    def __contains__(self, fingerprint: object) -> bool:
        return issued.key_is_known(str(fingerprint))


class Issuance:
    """The use cases. `clock` returns seconds since the epoch; `changed` is called when something was revoked."""

    def __init__(
        self, authority: Authority, clock: Callable[[], int], changed: Callable[[], None] = lambda: None
    ) -> None:
        self.authority = authority
        self._clock = clock
        self._changed = changed

    def check(self, request: bytes) -> CertificatePublicKeyTypes:
        """Return the public key of a PKCS#10 request; raises keys.ca.RefusedRequestError."""
        return checked(request, self.authority.profile, known_keys=_KnownKeys())

    def issue(
        self,
        who: Who,
        person: Person,
        public_key: CertificatePublicKeyTypes,
        *,
        enrolment_id: str,
        locale: str = "en",
        replaces: str = "",
        detail: str = "",
        also: Callable[[Certificate], None] = lambda _: None,
    ) -> Certificate:
        """Return a new certificate for what was approved as `enrolment_id`; `detail` is for the trail, `also` is done in the same transaction.

        `replaces` is the serial number of the certificate that it renews. Raises MadeAlreadyError, keys.ca.RefusedRequestError: somebody was
        quicker with the same key.
        """
        order = Order(person, public_key, new_serial(), self._clock())
        made = self.authority.issue(order)
        certificate = Certificate(
            serial=hexadecimal(made.serial_number),
            sub=person.sub,
            name=person.name,
            locale=locale,
            enrolment_id=enrolment_id,
            key_fingerprint=key_fingerprint(public_key),
            der=made.public_bytes(Encoding.DER),
            not_before=int(made.not_valid_before_utc.timestamp()),
            not_after=int(made.not_valid_after_utc.timestamp()),
            replaces=replaces,
            revoked_at=0,
            reason="",
            reminded=0,
        )
        try:
            with issued.transaction():
                db.session.add(certificate)
                db.session.flush()
                trail.record(
                    who, "issue", "done", at=order.now, sub=person.sub, serial=certificate.serial, detail=detail
                )
                also(certificate)
        except IntegrityError:
            there = issued.for_enrolment(enrolment_id) or (issued.successor(replaces) if replaces else None)
            if there is not None:
                raise MadeAlreadyError(there) from None
            if issued.key_is_known(certificate.key_fingerprint):
                raise RefusedRequestError("reused") from None
            raise
        return certificate

    def revoke(
        self,
        who: Who,
        serial: str,
        reason: str,
        *,
        note: str = "",
        also: Callable[[Certificate], None] = lambda _: None,
    ) -> bool:
        """Revoke a certificate at once, for one of REASONS and with a `note` for the trail; False when there is none or when it was revoked before."""
        if reason not in REASONS:
            raise ValueError(f"{reason} is no reason of RFC 5280")
        now = self._clock()
        with issued.transaction():
            revoked = issued.revoke(serial, now, reason)
            if revoked is None:
                return False
            trail.record(
                who, "revoke", "done", at=now, sub=revoked.sub, serial=serial, detail=f"{reason} {note}".strip()
            )
            also(revoked)
        self._changed()
        return True

    def find(self, serial: str) -> Certificate | None:
        """Return one certificate."""
        return issued.find(serial) if serial.isalnum() and serial.isascii() else None

    def of_person(self, sub: str) -> Sequence[Certificate]:
        """Return a person's certificates, past ones too, the newest first."""
        return issued.of_person(sub)


def hexadecimal(serial: int) -> str:
    """Return a serial number as it is stored and shown."""
    return f"{serial:x}"
