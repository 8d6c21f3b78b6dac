"""The recovery address: a second one, confirmed by itself, through which an account can be recovered when its own is out of reach.

A new one waits before it can be used, and every address of the account is told about it at once with a link that removes it: so
nobody who sits down at a signed-in browser can add one and walk in. The caller makes sure of a recent sign-in (`guard.py`).
"""

from collections.abc import Callable

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.identifiers import address_key
from idp.accounts.notices import Where
from idp.accounts.proofs import OF_FACTORS, Confirmation, Proof, Purpose, Unproven
from idp.accounts.store import addresses, people
from idp.accounts.times import written
from idp.db import Row, Tx
from keys import hashing


class RecoveryEmail:
    """Use cases of the recovery address."""

    def __init__(self, common: Common, confirmations: Confirmations, *, waiting_seconds: int) -> None:
        self._common = common
        self._confirmations = confirmations
        self._waiting = waiting_seconds

    def request(self, account_id: str, address: str, where: Where) -> str | None:
        """Send a proof to the new address and return the confirmation's id; None when it is the account's own address.

        Raises PageError (429) after too many.
        """
        if addresses.owner_of_primary(self._common.database.read(), address_key(address)) == account_id:
            return None
        self._common.brake.count("recovery_email", about=f"{account_id} {address}", ip=where.ip)
        with self._common.database.write() as tx:
            confirmation_id, proof = self._confirmations.request(
                tx, Purpose.RECOVERY_EMAIL, address, account_id=account_id
            )
            if proof:
                self._send(tx, account_id, address, proof)
            self._common.audit(tx, "recovery_email.asked", account_id, where)
        return confirmation_id

    def resend(self, confirmation_id: str) -> bool:
        """Send the same proof again; False when it is too early, too late or too often."""
        with self._common.database.write() as tx:
            again = self._confirmations.resend(tx, confirmation_id, Purpose.RECOVERY_EMAIL)
            if again:
                confirmation, proof = again
                self._send(tx, confirmation.account_id or "", confirmation.address, proof)
        return again is not None

    def confirm_link(self, token: str, where: Where) -> Confirmation | Unproven:
        """Set the recovery address by the link that was mailed to it."""
        return self._confirm(lambda tx: self._confirmations.consume_link(tx, Purpose.RECOVERY_EMAIL, token), where)

    def confirm_code(self, confirmation_id: str, code: str, where: Where) -> Confirmation | Unproven:
        """Set the recovery address by the code that was mailed to it."""
        return self._confirm(
            lambda tx: self._confirmations.consume_code(tx, confirmation_id, Purpose.RECOVERY_EMAIL, code), where
        )

    def remove(self, account_id: str, where: Where) -> bool:
        """Remove the recovery address; False when there is none."""
        with self._common.database.write() as tx:
            return self._remove(tx, account_id, where, event="recovery_email.removed")

    def find_cancellable(self, secret: str) -> Row | None:
        """Return the address that an "it wasn't me" link is about, while it is a recovery address."""
        return addresses.find_cancellable(self._common.database.read(), hashing.digest(secret))

    def cancel(self, secret: str, where: Where) -> bool:
        """Remove the address by the link in the notice, without signing in; False when there is nothing to remove."""
        with self._common.database.write() as tx:
            row = addresses.find_cancellable(tx, hashing.digest(secret))
            return row is not None and self._remove(tx, row["account_id"], where, event="recovery_email.cancelled")

    def _confirm(self, consume: Callable[[Tx], Confirmation | Unproven], where: Where) -> Confirmation | Unproven:
        now, secret = self._common.clock(), hashing.new_secret()
        with self._common.database.write() as tx:
            confirmed = consume(tx)
            if isinstance(confirmed, Unproven):
                return confirmed
            account_id = confirmed.account_id or ""
            account = people.find(tx, account_id)
            if account is None:
                return Unproven.SPENT
            former = addresses.remove_recovery(tx, account_id)
            usable_from = now + self._waiting
            addresses.insert_recovery(
                tx,
                account_id,
                confirmed.address,
                address_key(confirmed.address),
                usable_from=usable_from,
                cancel_hash=hashing.digest(secret),
                now=now,
            )
            self._common.notices.tell(
                tx,
                account_id,
                "recovery_email_added",
                where,
                also=[former] if former else [],
                recovery_email=confirmed.address,
                usable_from=written(usable_from, account["locale"], account["time_zone"], with_zone=True),
                cancel=self._common.link(f"cancel-recovery-email/{secret}"),
            )
            self._common.audit(tx, "recovery_email.added", account_id, where)
        return confirmed

    def _remove(self, tx: Tx, account_id: str, where: Where, *, event: str) -> bool:
        former = addresses.remove_recovery(tx, account_id)
        # What was sent to it, and what would set it again, is worth nothing from now on.
        self._confirmations.void(tx, account_id, Purpose.RECOVERY_EMAIL)
        if former is None:
            return False
        self._confirmations.void(tx, account_id, Purpose.RESET_PASSWORD, *OF_FACTORS)
        self._common.notices.tell(tx, account_id, "recovery_email_removed", where, also=[former], recovery_email=former)
        self._common.audit(tx, event, account_id, where)
        return True

    def _send(self, tx: Tx, account_id: str, address: str, proof: Proof) -> None:
        account = people.find(tx, account_id)
        if account is None:
            return
        context = {
            "name": account["name"],
            "username": account["username"],
            "code": proof.code,
            "guessed": proof.guessed,
            "link": self._common.link(f"confirm/{proof.token}"),
        }
        self._common.outbox.mail(tx, address, "confirm_recovery_email", account["locale"], context)
