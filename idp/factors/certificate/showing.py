"""What happens at the address that asks for certificates: a ticket and a certificate come in, the way back to the sign-in goes out.

Everything that can be wrong with a certificate is found here and kept as the result; it is said on the sign-in page, where the other
ways are. Nobody is signed in here: the result counts only in the browser that began, once, within two minutes.
"""

from cryptography import x509

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.db import Row
from idp.factors.certificate import crypto, store
from idp.factors.certificate.crypto import Number, RefusedCertificateError
from idp.factors.certificate.issuers import Issuers
from idp.factors.certificate.revocation import Revocation
from idp.factors.certificate.service import NAME
from keys import hashing
from keys.ca.names import account_uri

_RESULT_SECONDS = 120

_LONGEST_SERIAL = 64


class Showing:
    """The use case."""

    def __init__(self, common: Common, issuers: Issuers, revocation: Revocation, *, issuer: str) -> None:
        self._common = common
        self.issuers = issuers
        self._revocation = revocation
        self._issuer = issuer
        self._over = f"{issuer}/sign-in/{NAME}"

    def show(
        self, ticket: str, certificate: x509.Certificate | bytes | None, where: Where, *, forged: bool = False
    ) -> str:
        """Use a ticket up and judge a certificate (bytes are one that can't be read); return where to send the browser.

        `forged`: the certificate was named in a header by somebody who isn't believed.
        """
        digest = hashing.digest(ticket)
        # Strangers who make tickets up cost a look, and don't take part in who may write.
        if store.find_ticket(self._common.database.read(), digest) is None:
            return self._over
        with self._common.database.write(durable=False) as tx:
            way = store.consume_ticket(tx, digest, now=self._common.clock())
        if way is None:
            return self._useless(digest, where)
        # Outside of the transaction: others are asked over the network.
        number, refused, factor_id = None, None, None
        try:
            if forged:
                raise RefusedCertificateError("forged")  # noqa: TRY301 - one of many reasons
            if certificate is None:
                raise RefusedCertificateError("none")  # noqa: TRY301
            if isinstance(certificate, bytes):
                raise RefusedCertificateError("malformed")  # noqa: TRY301
            number, issuer = self._issued(certificate)
            self._check_revocation(certificate, issuer, way, number, where)
            factor_id = self._owned(certificate, number, way["account_id"])
        except RefusedCertificateError as error:
            refused = error.reason
        return self._answer(way, refused, factor_id, where, serial=number.serial if number else _serial(certificate))

    def _issued(self, certificate: x509.Certificate) -> tuple[Number, x509.Certificate]:
        issuer = crypto.check(certificate, self.issuers(), now=self._common.clock())
        return crypto.number(certificate, issuer), issuer

    def _check_revocation(
        self, certificate: x509.Certificate, issuer: x509.Certificate, way: Row, number: Number, where: Where
    ) -> None:
        if self._revocation.check(certificate, issuer) == "unchecked":
            with self._common.database.write() as tx:
                account_id = way["account_id"] or None
                self._common.audit(tx, "certificate.unchecked", account_id, where, serial=number.serial)

    def _owned(self, certificate: x509.Certificate, number: Number, account_id: str) -> str:
        """Return the factor that it is; of this account, if one is named."""
        known = store.by_number(self._common.database.read(), number.issuer, number.serial)
        if known is None or known["fingerprint"] != crypto.fingerprint(certificate):
            raise RefusedCertificateError("unknown")
        own = crypto.names(certificate, account_uri(self._issuer, known["account_id"]))
        if not own or account_id not in {"", known["account_id"]}:
            raise RefusedCertificateError("other_account")
        return str(known["factor_id"])

    def _answer(self, way: Row, refused: str | None, factor_id: str | None, where: Where, serial: str) -> str:
        result = hashing.new_secret()
        with self._common.database.write(durable=False) as tx:
            expires_at = self._common.clock() + _RESULT_SECONDS
            columns = {"result": hashing.digest(result), "refused": refused, "factor_id": factor_id}
            store.answer(tx, way["ticket"], expires_at=expires_at, **columns)
            if refused:
                account_id = way["account_id"] or None
                self._common.audit(tx, "certificate.refused", account_id, where, reason=refused, serial=serial)
        interaction_id = str(way["attempt"]).partition(".")[0]
        page = f"with/{NAME}" if way["account_id"] else NAME
        return f"{self._issuer}/sign-in/{interaction_id}/{page}?result={result}"

    def _useless(self, digest: str, where: Where) -> str:
        """Return the page that says that a ticket was used or has expired."""
        known = store.find_ticket(self._common.database.read(), digest)
        if known is not None:
            reason = "replayed_ticket" if known["used_at"] is not None else "late_ticket"
            with self._common.database.write() as tx:
                if store.mark_replayed(tx, digest, now=self._common.clock()):
                    self._common.audit(tx, "certificate.refused", known["account_id"] or None, where, reason=reason)
        return self._over


def _serial(certificate: x509.Certificate | bytes | None) -> str:
    # Of anybody's certificate, however long a number it has: RFC 5280 section 4.1.2.2 ends at 40 digits.
    return f"{certificate.serial_number:x}"[:_LONGEST_SERIAL] if isinstance(certificate, x509.Certificate) else ""
