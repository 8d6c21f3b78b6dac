"""A certificate's later life: renewed before its end, revoked, and its owner reminded in time.

Its owner renews it alone as long as it says what an officer has decided on: another key for the same name (RFC 3647 section 4.7). A name that has
changed since makes it another certificate (section 4.8), which is asked for like the first one.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask_babel import force_locale, format_date, ngettext
from flask_babel import gettext as _

from clients.certificates import issued, requested, sendings, trail
from clients.certificates.issuance import Issuance, MadeAlreadyError, NotFoundError
from clients.certificates.models import Certificate, Enrolment
from clients.certificates.trail import Who
from keys.ca import Person
from keys.ca.requests import key_fingerprint

DAY = 24 * 3600
REMINDERS = (60, 30, 7)
"""Days before the end."""


class NotRenewableError(Exception):
    """It can't be renewed: `why` is `early`, `expired`, `revoked`, `renewed`, or `changed`: an officer has to decide."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LookingAfter:
    """The use cases. `clock` returns seconds since the epoch."""

    def __init__(self, issuance: Issuance, clock: Callable[[], int], *, issuer: str, base_url: str) -> None:
        self._issuance = issuance
        self._clock = clock
        self._issuer = issuer
        self._base = base_url

    def why_not(self, certificate: Certificate) -> str:
        """Return why a certificate can't be renewed now; empty: it can."""
        now = self._clock()
        if certificate.revoked_at:
            return "revoked"
        if certificate.not_after <= now:
            return "expired"
        if issued.successor(certificate.serial):
            return "renewed"
        renew_before = self._issuance.authority.profile.renew_before
        return "early" if now < certificate.not_after - renew_before else ""

    def decision(self, certificate: Certificate) -> Enrolment | None:
        """Return the request that an officer has decided on, for this certificate or for the first one that it renews."""
        while certificate.replaces and certificate.enrolment_id == _renewal_of(certificate.replaces):
            certificate = self.any(certificate.replaces)
        return requested.find(certificate.enrolment_id, self._clock())

    def has_changed(self, certificate: Certificate, name: str) -> bool:
        """Tell whether a person is called otherwise than an officer has decided: the name is what a certificate says of them."""
        decision = self.decision(certificate)
        return decision is None or decision.name != name

    def renew(self, who: Who, certificate: Certificate, name: str, request: bytes) -> Certificate:
        """Return the next certificate, for a new key; the caller has seen to a strong sign-in. `name` is the person's at present.

        Raises NotRenewableError, keys.ca.RefusedRequestError. Of two that come at once one is `renewed`: `successor` is what the other made.
        """
        if why := self.why_not(certificate):
            raise NotRenewableError(why)
        if self.has_changed(certificate, name):
            raise NotRenewableError("changed")
        public_key = self._issuance.check(request)
        try:
            return self._issuance.issue(
                who,
                Person(self._issuer, certificate.sub, name),
                public_key,
                enrolment_id=_renewal_of(certificate.serial),
                locale=certificate.locale,
                replaces=certificate.serial,
                detail=f"another key for {certificate.serial}",
                also=lambda made: sendings.registration(made, self._clock()),
            )
        except MadeAlreadyError as made:
            if made.certificate.key_fingerprint == key_fingerprint(public_key):
                return made.certificate
            raise NotRenewableError("renewed") from None

    def successor(self, certificate: Certificate) -> Certificate | None:
        """Return what a certificate was renewed by."""
        return issued.successor(certificate.serial)

    def state(self, certificate: Certificate) -> str:
        """Return `revoked`, `expired`, `renewed`, `ending` (it can be renewed) or `good`."""
        why = self.why_not(certificate)
        return {"": "ending", "early": "good"}.get(why, why)

    def of_person(self, sub: str) -> Sequence[Certificate]:
        """Return a person's certificates, past ones too, the newest first."""
        return self._issuance.of_person(sub)

    def own(self, sub: str, serial: str) -> Certificate:
        """Return one of a person's certificates; raises NotFoundError."""
        found = self.any(serial)
        if found.sub != sub:
            raise NotFoundError
        return found

    def any(self, serial: str) -> Certificate:
        """Return any certificate, for an officer; raises NotFoundError."""
        found = self._issuance.find(serial)
        if found is None:
            raise NotFoundError
        return found

    def find(self, text: str) -> Sequence[Certificate]:
        """Return certificates by a part of the name or by serial number as people write it, the newest first."""
        return issued.search(text, "".join(text.split()).lower())

    def revoke(self, who: Who, certificate: Certificate, reason: str, note: str = "") -> bool:
        """Revoke at once, and tell its owner, with an officer's `note`; False when it was revoked before."""
        now = self._clock()

        def tell(revoked: Certificate) -> None:
            sendings.removal(revoked, now)
            with force_locale(revoked.locale.replace("-", "_")):
                subject = _("A certificate of yours was revoked")
                body = _(
                    "The certificate %(serial)s for %(name)s is of no use any more. If you don’t know why, write to us.",
                    serial=grouped(revoked.serial),
                    name=revoked.name,
                )
                body += "\n\n" + _("The reason: %(reason)s", reason=note) if note else ""
            sendings.message(revoked.sub, subject, body, f"{self._base}/certificates/{revoked.serial}", now)

        return self._issuance.revoke(who, certificate.serial, reason, note=note, also=tell)

    def remind(self) -> int:
        """Remind the owners of certificates that end soon, each once for each of REMINDERS; return how many."""
        now, reminded = self._clock(), 0
        for certificate in self._ending(now):
            days = -(-(certificate.not_after - now) // DAY)
            due = min((one for one in REMINDERS if days <= one), default=0)
            if not due or (certificate.reminded and certificate.reminded <= due):
                continue
            with issued.transaction():
                if issued.note_reminder(certificate.serial, certificate.reminded, due):
                    self._remind_of(certificate, days, now)
                    reminded += 1
        return reminded

    def _ending(self, now: int) -> Sequence[Certificate]:
        return issued.ending(now, now + REMINDERS[0] * DAY)

    def _remind_of(self, certificate: Certificate, days: int, now: int) -> None:
        end = datetime.fromtimestamp(certificate.not_after, UTC)
        with force_locale(certificate.locale.replace("-", "_")):
            subject = ngettext("Your certificate ends in %(num)s day", "Your certificate ends in %(num)s days", days)
            body = _(
                "Renew it before %(date)s: it takes a minute, and unless your name has changed nobody has to approve it.",
                date=format_date(end, "long"),
            )
        link = f"{self._base}/certificates/{certificate.serial}"
        trail.record(Who(), "remind", "done", at=now, sub=certificate.sub, serial=certificate.serial, detail=str(days))
        sendings.message(certificate.sub, subject, body, link, now)


def grouped(serial: str) -> str:
    """Return a serial number as people compare it."""
    padded = serial.upper().zfill(-(-len(serial) // 4) * 4)
    return " ".join(padded[at : at + 4] for at in range(0, len(padded), 4))


def _renewal_of(serial: str) -> str:
    return f"of {serial}"[:43]
