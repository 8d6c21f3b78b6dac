"""Changing the account's own e-mail address: the new one is confirmed first, then both are told. `store/addresses.py` has the SQL.

The caller makes sure of a recent sign-in (`guard.py`). That the new address has an account already is said only in a mail to it.
"""

from collections.abc import Callable, Sequence

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.identifiers import address_key
from idp.accounts.models import PRIMARY
from idp.accounts.notices import Where
from idp.accounts.proofs import OF_FACTORS, Confirmation, Proof, Purpose, Unproven
from idp.accounts.registration import IdentifierTakenError, Taken
from idp.accounts.store import addresses as store
from idp.accounts.store import people
from idp.db import Row, Tx


class Addresses:
    """Use cases of the primary address."""

    def __init__(self, common: Common, confirmations: Confirmations, *, waiting_seconds: int) -> None:
        self._common = common
        self._confirmations = confirmations
        self._waiting = waiting_seconds

    def of_account(self, account_id: str) -> Sequence[Row]:
        """Return the primary address and then the recovery address, if there is one (columns of `EmailAddress`)."""
        return store.of_account(self._common.database.read(), account_id)

    def request(self, account_id: str, address: str, where: Where, *, by_more: bool = False) -> str:
        """Send a proof to the new address, tell the present ones, and return the confirmation's id.

        `by_more`: the person has proven more than the password. Who hasn't may exchange the address, but for a while the new one isn't
        `store.proving` for a second factor: it may be a thief's. Raises PageError (429) after too many.
        """
        self._common.brake.count("change_email", about=f"{account_id} {address}", ip=where.ip)
        with self._common.database.write() as tx:
            confirmation_id, proof = self._confirmations.request(
                tx, Purpose.CHANGE_EMAIL, address, account_id=account_id, data={"by_more": by_more}
            )
            if proof:
                self._send(tx, account_id, address, proof)
                self._common.notices.tell(tx, account_id, "email_change_asked", where, email=address)
            self._common.audit(tx, "email.change_asked", account_id, where)
        return confirmation_id

    def resend(self, confirmation_id: str) -> bool:
        """Send the same proof again; False when it is too early, too late or too often."""
        with self._common.database.write() as tx:
            again = self._confirmations.resend(tx, confirmation_id, Purpose.CHANGE_EMAIL)
            if again:
                confirmation, proof = again
                self._send(tx, confirmation.account_id or "", confirmation.address, proof)
        return again is not None

    def confirm_link(self, token: str, where: Where) -> Confirmation | Unproven | Taken:
        """Change the address by the link that was mailed to the new one."""
        return self._confirm(lambda tx: self._confirmations.consume_link(tx, Purpose.CHANGE_EMAIL, token), where)

    def confirm_code(self, confirmation_id: str, code: str, where: Where) -> Confirmation | Unproven | Taken:
        """Change the address by the code that was mailed to the new one."""
        return self._confirm(
            lambda tx: self._confirmations.consume_code(tx, confirmation_id, Purpose.CHANGE_EMAIL, code), where
        )

    def _confirm(
        self, consume: Callable[[Tx], Confirmation | Unproven], where: Where
    ) -> Confirmation | Unproven | Taken:
        try:
            with self._common.database.write() as tx:
                confirmed = consume(tx)
                if isinstance(confirmed, Confirmation):
                    self._change(tx, confirmed, where)
                return confirmed
        except IdentifierTakenError as error:
            return error.taken

    def _change(self, tx: Tx, confirmed: Confirmation, where: Where) -> None:
        account_id, address = confirmed.account_id or "", confirmed.address
        now = self._common.clock()
        usable_from = now if confirmed.data.get("by_more") else now + self._waiting
        former = {row["role"]: row["address"] for row in store.of_account(tx, account_id)}
        if not store.replace_primary_unless_taken(
            tx, account_id, address, address_key(address), now=now, usable_from=usable_from
        ):
            raise IdentifierTakenError(Taken.ADDRESS)
        people.update_profile(tx, account_id, {}, now=now)
        # What waits in the mailbox of an address which is given up must not open the account.
        self._confirmations.void(tx, account_id, Purpose.RESET_PASSWORD, *OF_FACTORS)
        self._common.notices.tell(
            tx,
            account_id,
            "email_changed",
            where,
            also=former.values(),
            former_address=former.get(PRIMARY, ""),
            email=address,
        )
        self._common.audit(tx, "email.changed", account_id, where)

    def _send(self, tx: Tx, account_id: str, address: str, proof: Proof) -> None:
        account = people.find(tx, account_id)
        if account is None:
            return
        owner = store.owner_of_primary(tx, address_key(address))
        context = {
            "name": account["name"],
            "username": account["username"],
            "code": proof.code,
            "guessed": proof.guessed,
            "link": self._common.link(f"confirm/{proof.token}"),
            "sign_in": self._common.base_url,
            "forgot_username": self._common.link("forgot-username"),
            "forgot_password": self._common.link("forgot-password"),
        }
        template = "account_exists" if owner not in {None, account_id} else "confirm_email"
        self._common.outbox.mail(tx, address, template, account["locale"], context)
