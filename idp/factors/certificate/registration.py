"""Which certificates sign whom in: the certificate service says so, for each one that it has issued."""

from dataclasses import dataclass
from typing import Literal

from cryptography import x509

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.store import people
from idp.db import Tx
from idp.factors.certificate import crypto, store
from idp.factors.certificate.crypto import RefusedCertificateError
from idp.factors.certificate.issuers import Issuers
from idp.factors.certificate.revocation import Revocation
from idp.factors.certificate.service import NAME
from idp.factors.service import Factors
from keys.ca.names import account_uri

Outcome = Literal["added", "known", "taken", "nobody"]
"""`known`: this account has it already. `taken`: another one has. `nobody`: there is no such account."""
_NOWHERE = Where(None, None)


@dataclass(frozen=True, slots=True)
class _New:
    number: crypto.Number
    fingerprint: str
    not_after: int


class Registration:
    """The use cases. `name` is what a new certificate is called on the security page."""

    def __init__(
        self, common: Common, factors: Factors, issuers: Issuers, revocation: Revocation, *, issuer: str, name: str
    ) -> None:
        self._common = common
        self._factors = factors
        self._issuers = issuers
        self._revocation = revocation
        self._issuer = issuer
        self._name = name

    def add(self, account_id: str, certificate: x509.Certificate, by: str) -> Outcome:
        """Let an account sign in with a certificate; the person is told. Repeating it is harmless.

        `by` is the client that says so. Raises RefusedCertificateError: `other_account` when it names another account than this one, `revoked`,
        `unknown` or `unchecked` as at sign-in.
        """
        signed_by = crypto.check(certificate, self._issuers(), now=self._common.clock())
        if not crypto.names(certificate, account_uri(self._issuer, account_id)):
            raise RefusedCertificateError("other_account")
        # Outside of the transaction: its authority is asked over the network.
        self._revocation.check(certificate, signed_by, fresh=True)
        new = _New(
            crypto.number(certificate, signed_by),
            crypto.fingerprint(certificate),
            int(certificate.not_valid_after_utc.timestamp()),
        )
        for _once_more in range(2):
            try:
                with self._common.database.write() as tx:
                    if people.find(tx, account_id) is None:
                        return "nobody"
                    return self._known(tx, account_id, new) or self._insert(tx, account_id, new, by)
            except _AtOnceError:
                continue
        raise _AtOnceError

    def remove(self, serial: str, issuer: str = "") -> int:
        """Let nobody sign in any more with certificates of this number, of that issuer or of any; return how many there were."""
        database = self._common.database
        rows = [row for row in store.by_serial(database.read(), serial) if issuer in {"", row["issuer"]}]
        removed = [self._factors.remove(row["account_id"], row["factor_id"], _NOWHERE) for row in rows]
        return len([one for one in removed if one])

    def _known(self, tx: Tx, account_id: str, new: _New) -> Outcome | None:
        row = store.by_number(tx, new.number.issuer, new.number.serial)
        if row is None:
            return None
        same = (row["account_id"], row["fingerprint"]) == (account_id, new.fingerprint)
        return "known" if same else "taken"

    def _insert(self, tx: Tx, account_id: str, new: _New, by: str) -> Outcome:
        factor_id = self._factors.add(tx, account_id, NAME, self._name, _NOWHERE)
        columns = {"issuer": new.number.issuer, "serial": new.number.serial, "fingerprint": new.fingerprint}
        if not store.insert_unless_known(tx, factor_id=factor_id, not_after=new.not_after, **columns):
            raise _AtOnceError
        self._common.audit(tx, "certificate.registered", account_id, _NOWHERE, serial=new.number.serial, client=by)
        return "added"


class _AtOnceError(Exception):
    """Two calls have registered one certificate at once: this one is undone, with its notice, and looks again."""
