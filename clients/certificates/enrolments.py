"""From a request to a certificate: asked for by a person, decided by an officer, picked up once.

The enrolling browser has the key of the request, so what is made for that key is of no use to anybody else. In another browser a key is made
anew, and the enrolment code shows that it is the same person; wrong codes are counted before they are looked at.
"""

import secrets
from collections.abc import Callable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from flask_babel import force_locale
from flask_babel import gettext as _

from clients.certificates import issued, requested, sendings, trail
from clients.certificates.codes import Codes, new_code
from clients.certificates.issuance import Issuance, MadeAlreadyError, NotFoundError
from clients.certificates.models import Certificate, Enrolment
from clients.certificates.requested import OPEN
from clients.certificates.trail import Who
from clients.sso.guard import Visitor
from keys.ca import Person, RefusedRequestError
from keys.ca.requests import key_fingerprint

FREE_CODES, MOST_CODES = 5, 10
_WAIT_SECONDS = 30


class OpenAlreadyError(Exception):
    """The person has a request that waits or can be picked up."""


class DecidedError(Exception):
    """Somebody has decided already."""


class OwnRequestError(Exception):
    """Nobody decides on their own request."""


class NotNowError(Exception):
    """It can't be picked up: `why` is its state, or `code`, `slow`, `locked`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Enrolments:
    """The use cases. `clock` returns seconds since the epoch; `address` makes the link that a message has."""

    def __init__(
        self,
        issuance: Issuance,
        codes: Codes,
        clock: Callable[[], int],
        *,
        issuer: str,
        base_url: str,
        pick_up_seconds: int,
    ) -> None:
        self._issuance = issuance
        self._codes = codes
        self._clock = clock
        self._issuer = issuer
        self._base = base_url
        self._pick_up_seconds = pick_up_seconds

    def ask(
        self, who: Who, visitor: Visitor, request: bytes, purpose: str, device: str, *, replaces: str = ""
    ) -> tuple[Enrolment, str]:
        """Return the new request and its enrolment code.

        `replaces` is the serial number of the certificate that it renews under another name. Raises keys.ca.RefusedRequestError, OpenAlreadyError.
        """
        public_key = self._issuance.check(request)
        parsed = (
            x509.load_pem_x509_csr(request) if request.lstrip().startswith(b"-") else x509.load_der_x509_csr(request)
        )
        enrolment_id, code, now = secrets.token_urlsafe(16), new_code(), self._clock()
        enrolment = Enrolment(
            id=enrolment_id,
            sub=visitor.sub,
            open_sub=visitor.sub,
            name=visitor.name,
            username=visitor.username,
            email=visitor.email,
            locale=visitor.locale or "en",
            replaces=replaces,
            purpose=purpose,
            request=parsed.public_bytes(Encoding.PEM).decode(),
            key_fingerprint=key_fingerprint(public_key),
            device=device,
            code_hash=self._codes.digest(enrolment_id, code),
            wrong_codes=0,
            wait_until=0,
            state="waiting",
            created_at=now,
            decided_at=0,
            decided_by="",
            decided_by_name="",
            answer="",
            expires_at=0,
        )
        with issued.transaction():
            requested.expire(now)
            if not requested.add(enrolment):
                raise OpenAlreadyError
            detail = f"{enrolment_id} {_changed(replaces)}".strip()
            trail.record(who, "ask", "done", at=now, sub=visitor.sub, serial=replaces, detail=detail)
        return enrolment, code

    def of_person(self, sub: str) -> Sequence[Enrolment]:
        """Return a person's requests, the newest first."""
        return requested.of_person(sub, self._clock())

    def own(self, sub: str, enrolment_id: str) -> Enrolment:
        """Return one of a person's; raises NotFoundError."""
        found = requested.find_own(sub, enrolment_id, self._clock()) if enrolment_id.isprintable() else None
        if found is None:
            raise NotFoundError
        return found

    def wait_minutes(self, enrolment_id: str) -> int:
        """Return for how many minutes no code of a request counts, 1 at least."""
        return max(1, -(-(self.any(enrolment_id).wait_until - self._clock()) // 60))

    def any(self, enrolment_id: str) -> Enrolment:
        """Return any, for an officer; raises NotFoundError."""
        found = requested.find(enrolment_id, self._clock()) if enrolment_id.isprintable() else None
        if found is None:
            raise NotFoundError
        return found

    def certificate_of(self, enrolment_id: str) -> Certificate | None:
        """Return what was made for a request."""
        return issued.for_enrolment(enrolment_id)

    def waiting(self) -> Sequence[Enrolment]:
        """Return what waits for an officer, the oldest first."""
        return requested.waiting()

    def decided(self) -> Sequence[Enrolment]:
        """Return what officers have decided, the newest first."""
        return requested.decided(self._clock())

    def expire(self) -> int:
        """Close what nobody picked up in time; return how many. Call it now and then."""
        with issued.transaction():
            return requested.expire(self._clock())

    def count_waiting(self) -> int:
        """Return how many requests wait for an officer."""
        return requested.count_waiting()

    def withdraw(self, who: Who, enrolment_id: str) -> bool:
        """Take back an open request; False when it wasn't open any more. Raises NotFoundError."""
        self.own(who.sub, enrolment_id)
        with issued.transaction():
            requested.expire(self._clock())
            done = requested.turn(enrolment_id, OPEN, state="withdrawn")
            if done:
                trail.record(who, "withdraw", "done", at=self._clock(), sub=who.sub, detail=enrolment_id)
        return done

    def decide(self, officer: Who, enrolment_id: str, *, approve: bool, answer: str = "") -> Enrolment:
        """Approve or reject. Raises NotFoundError, OwnRequestError, DecidedError."""
        found = self.any(enrolment_id)
        if found.sub == officer.sub:
            raise OwnRequestError
        now = self._clock()
        changes = {
            "decided_at": now,
            "decided_by": officer.sub,
            "decided_by_name": officer.name,
            "answer": "" if approve else answer,
        }
        changes |= (
            {"state": "approved", "expires_at": now + self._pick_up_seconds} if approve else {"state": "rejected"}
        )
        with issued.transaction():
            if not requested.turn(enrolment_id, ("waiting",), **changes):
                raise DecidedError
            action = "approve" if approve else "reject"
            trail.record(officer, action, "done", at=now, sub=found.sub, detail=f"{enrolment_id} {answer}".strip())
            self._tell(found, approved=approve, answer=answer, now=now)
        return self.any(enrolment_id)

    def new_code(self, who: Who, enrolment_id: str) -> str:
        """Return a new enrolment code in place of a lost one; the caller has seen to a strong sign-in. Raises NotFoundError, NotNowError."""
        code = new_code()
        found = self.own(who.sub, enrolment_id)
        changes = {"code_hash": self._codes.digest(enrolment_id, code), "wrong_codes": 0, "wait_until": 0}
        with issued.transaction():
            requested.expire(self._clock())
            if not requested.turn(enrolment_id, OPEN, **changes):
                raise NotNowError(found.state)
            trail.record(who, "new code", "done", at=self._clock(), sub=who.sub, detail=enrolment_id)
        return code

    def pick_up(self, who: Who, enrolment_id: str) -> Certificate:
        """Return the certificate for the enrolling browser's key; again, when its answer was lost.

        Raises NotFoundError, NotNowError, keys.ca.RefusedRequestError.
        """
        found = self._ready(who, enrolment_id, found_done=True)
        if there := self._picked_up(found):
            return there
        try:
            # Looked at once more: another request may have got a certificate for the same key in the meantime.
            public_key = self._issuance.check(found.request.encode())
        except RefusedRequestError:
            # It was this one, by the first of two clicks.
            if there := self._picked_up(found):
                return there
            raise
        return self._made(who, found, public_key)

    def pick_up_elsewhere(self, who: Who, enrolment_id: str, code: str, request: bytes) -> Certificate:
        """Return a certificate for a key made in another browser. Raises NotFoundError, NotNowError, keys.ca.RefusedRequestError."""
        found = self._ready(who, enrolment_id, found_done=False)
        # Judged before the code, so that a right code isn't spent on a key that is refused.
        public_key = self._issuance.check(request)
        now = self._clock()
        with issued.transaction():
            counted = requested.count_attempt(enrolment_id, now, FREE_CODES, _WAIT_SECONDS, MOST_CODES)
        right = counted and self._codes.matches(enrolment_id, code, found.code_hash)
        if not right:
            again = self.own(who.sub, enrolment_id)
            why = "locked" if again.wrong_codes >= MOST_CODES else "slow" if again.wait_until > now else "code"
            with issued.transaction():
                trail.record(who, "code", why, at=now, sub=who.sub, detail=enrolment_id)
            raise NotNowError(why)
        return self._made(who, found, public_key)

    def _ready(self, who: Who, enrolment_id: str, *, found_done: bool) -> Enrolment:
        found = self.own(who.sub, enrolment_id)
        if found.state != "approved" and not (found_done and found.state == "done"):
            raise NotNowError(found.state)
        return found

    def _picked_up(self, found: Enrolment) -> Certificate | None:
        there = issued.for_enrolment(found.id)
        # The same key: whoever has it gets the same certificate again. Another browser's key got it: nothing is left to pick up.
        if there is not None and there.key_fingerprint != found.key_fingerprint:
            raise NotNowError("done")
        return there

    def _made(self, who: Who, found: Enrolment, public_key: CertificatePublicKeyTypes) -> Certificate:
        def close(certificate: Certificate) -> None:
            if not requested.turn(found.id, ("approved",), state="done"):
                # Somebody was quicker: it is taken back, or picked up.
                raise NotNowError(self.any(found.id).state)
            sendings.registration(certificate, self._clock())

        person = Person(self._issuer, found.sub, found.name)
        try:
            return self._issuance.issue(
                who,
                person,
                public_key,
                enrolment_id=found.id,
                locale=found.locale,
                replaces=found.replaces,
                detail=_changed(found.replaces),
                also=close,
            )
        except MadeAlreadyError as there:
            if there.certificate.key_fingerprint == key_fingerprint(public_key):
                return there.certificate
            raise NotNowError("done") from None

    def _tell(self, found: Enrolment, *, approved: bool, answer: str, now: int) -> None:
        link = f"{self._base}/certificates/requests/{found.id}"
        with force_locale(found.locale.replace("-", "_")):
            subject, body = _words(approved=approved, answer=answer)
        sendings.message(found.sub, subject, body, link, now)


def _changed(replaces: str) -> str:
    return f"another name than {replaces}" if replaces else ""


def _words(*, approved: bool, answer: str) -> tuple[str, str]:
    if approved:
        return (
            _("Your certificate is ready to be picked up"),
            _(
                "Your request was approved. Pick the certificate up with the browser that you asked with, or with another one and your enrolment code."
            ),
        )
    return _("Your request for a certificate was rejected"), _("The reason: %(reason)s", reason=answer)
