"""Proof of the confirmed address: a code or link mailed to the account, typed or opened by who has shown the password already.

Asked for before the first second factor is added, and before all of them are given up: so the password alone neither takes an account
over nor takes its factors away (ASVS 5.0 6.3.4 and 6.4.4). It is no factor. What becomes of it, a mark on one session or the beginning of
a waiting time, is the caller's, in the transaction that uses the code up.
"""

from collections.abc import Callable, Sequence

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.models import PRIMARY
from idp.accounts.notices import Where
from idp.accounts.proofs import OF_FACTORS, Confirmation, Proof, Purpose, Unproven
from idp.accounts.store import addresses, people
from idp.accounts.store import confirmations as store
from idp.db import Tx
from keys import hashing

Then = Callable[[Tx], object]
"""What the proof leads to, in its transaction."""


class AddressProofs:
    """The use cases. `purpose` is one of `OF_FACTORS`."""

    def __init__(self, common: Common, confirmations: Confirmations) -> None:
        self._common = common
        self._confirmations = confirmations

    def addresses(self, account_id: str) -> Sequence[str]:
        """Return where a code goes: every confirmed address that isn't too new. None at all: there is nowhere to send one yet."""
        return addresses.proving(self._common.database.read(), account_id, now=self._common.clock())

    def usable_from(self, account_id: str) -> int:
        """Return when the first of the account's addresses won't be too new any more; 0 when it has none."""
        found = addresses.of_account(self._common.database.read(), account_id)
        return min((row["usable_from"] for row in found), default=0)

    def request(self, account_id: str, purpose: Purpose, where: Where) -> str:
        """Mail a proof, unless there were mails enough, and return the request's id. Raises PageError (429) after too many."""
        self._common.brake.count(purpose, about=account_id, ip=where.ip)
        with self._common.database.write() as tx:
            confirmation_id, proof = self._confirmations.request(tx, purpose, "", account_id=account_id)
            if proof:
                self._send(tx, account_id, purpose, proof, where)
            self._common.audit(tx, "address_proof.requested", account_id, where, purpose=purpose)
        return confirmation_id

    def resend(self, confirmation: Confirmation, where: Where) -> bool:
        """Send the same proof again; False when it is too early, too late or too often."""
        with self._common.database.write() as tx:
            again = self._confirmations.resend(tx, confirmation.id, confirmation.purpose)
            if again:
                self._send(tx, confirmation.account_id or "", confirmation.purpose, again[1], where)
        return again is not None

    def find(self, confirmation_id: str, account_id: str, purpose: Purpose) -> Confirmation | None:
        """Return an account's request, for the page that asks for its code."""
        found = self._confirmations.find(self._common.database.read(), confirmation_id)
        return found if found and (found.account_id, found.purpose) == (account_id, purpose) else None

    def confirm_code(self, confirmation: Confirmation, code: str, where: Where, then: Then) -> Unproven | None:
        """Use a request up by its code; None when that is done. Wrong ones are counted before they are looked at."""
        purpose = confirmation.purpose
        return self._confirm(
            confirmation.account_id or "",
            purpose,
            lambda tx: self._confirmations.consume_code(tx, confirmation.id, purpose, code),
            where,
            then,
        )

    def confirm_link(self, account_id: str, purpose: Purpose, token: str, where: Where, then: Then) -> Unproven | None:
        """Use a request of this account up by the link that was mailed; None when that is done."""
        known = self._confirmations.find_by_link(self._common.database.read(), token)
        if known is None or (known.account_id, known.purpose) != (account_id, purpose):
            return Unproven.SPENT
        return self._confirm(
            account_id, purpose, lambda tx: self._confirmations.consume_link(tx, purpose, token), where, then
        )

    def is_settled(self, account_id: str) -> bool:
        """Tell whether the account's own address isn't too new: only then does reading other mails that go there count."""
        now, found = self._common.clock(), addresses.of_account(self._common.database.read(), account_id)
        return any(row["role"] == PRIMARY and row["usable_from"] <= now for row in found)

    def leave(self, tx: Tx, confirmation_id: str, account_id: str) -> str:
        """Return the secret by which a browser shows, once, that another mail of this account was read in it just now (`take`)."""
        secret = hashing.new_secret()
        store.leave_proof(tx, confirmation_id, account_id=account_id, proof_hash=hashing.digest(secret))
        return secret

    def take(self, tx: Tx, account_id: str, secret: str) -> int:
        """Return when that was; 0 when it wasn't this account's mail, or was said before, or the address is too new."""
        row = store.take_proof(tx, account_id, hashing.digest(secret)) if secret else None
        return int(row["used_at"]) if row and self.is_settled(account_id) else 0

    def _confirm(
        self,
        account_id: str,
        purpose: Purpose,
        consume: Callable[[Tx], Confirmation | Unproven],
        where: Where,
        then: Then,
    ) -> Unproven | None:
        with self._common.database.write() as tx:
            confirmed = consume(tx)
            event = "address_proof.refused" if isinstance(confirmed, Unproven) else "address_proof.given"
            if not isinstance(confirmed, Unproven):
                then(tx)
            self._common.audit(tx, event, account_id, where, purpose=purpose)
        return confirmed if isinstance(confirmed, Unproven) else None

    def _send(self, tx: Tx, account_id: str, purpose: Purpose, proof: Proof, where: Where) -> None:
        account = people.find(tx, account_id)
        if account is None or purpose not in OF_FACTORS:
            return
        context = {
            "name": account["name"],
            "username": account["username"],
            "code": proof.code,
            "guessed": proof.guessed,
            "link": self._common.link(f"account/security/confirm/{proof.token}"),
            "where": self._common.notices.places.describe(where.ip, account["locale"]),
            "reset": self._common.link("forgot-password"),
        }
        for address in addresses.proving(tx, account_id, now=self._common.clock()):
            self._common.outbox.mail(tx, address, purpose, account["locale"], context)
