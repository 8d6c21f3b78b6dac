"""Forgotten username and forgotten password.

The request looks no account up: it leaves a job in the outbox, and `recovery_jobs.py` finds out whom it is about. So page and
timing are the same for everybody, by construction.
"""

from collections.abc import Callable, Sequence

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmation, Confirmations, Purpose, Unproven
from idp.accounts.identifiers import MAX_IDENTIFIER
from idp.accounts.notices import Where
from idp.accounts.passwords import Passwords, Problem
from idp.accounts.recovery_jobs import PASSWORD_JOB, USERNAME_JOB
from idp.accounts.sessions import Sessions
from idp.accounts.store import people
from idp.db import Tx


class Recovery:
    """Use cases of getting back in."""

    def __init__(self, common: Common, passwords: Passwords, confirmations: Confirmations, sessions: Sessions) -> None:
        self._common = common
        self._passwords = passwords
        self._confirmations = confirmations
        self._sessions = sessions

    def forgot_username(self, address: str, where: Where) -> None:
        """Have the usernames mailed that this address can recover. Raises PageError (429) after too many."""
        address = address[:MAX_IDENTIFIER]
        self._common.brake.count("recover", about=address, ip=where.ip)
        with self._common.database.write() as tx:
            self._common.outbox.add(tx, USERNAME_JOB, {"address": address})
            self._common.audit(tx, "recovery.username_asked", None, where)

    def forgot_password(self, identifier: str, where: Where) -> str:
        """Have a proof mailed to who this is; return the id of a confirmation that may never get one.

        Raises PageError (429) after too many.
        """
        identifier = identifier.strip()[:MAX_IDENTIFIER]
        self._common.brake.count("recover", about=identifier, ip=where.ip)
        with self._common.database.write() as tx:
            confirmation_id = self._confirmations.reserve(
                tx, Purpose.RESET_PASSWORD, "", data={"identifier": identifier}
            )
            self._common.outbox.add(tx, PASSWORD_JOB, {"identifier": identifier, "confirmation_id": confirmation_id})
            self._common.audit(tx, "recovery.password_asked", None, where)
        return confirmation_id

    def find_by_link(self, token: str) -> Confirmation | None:
        """Return the reset that a link is about, without using it up."""
        confirmation = self._confirmations.find_by_link(self._common.database.read(), token)
        return confirmation if confirmation and confirmation.purpose is Purpose.RESET_PASSWORD else None

    def username_of(self, confirmation: Confirmation) -> str:
        """Return whose password a proven link sets."""
        account = people.find(self._common.database.read(), confirmation.account_id or "")
        return account["username"] if account else ""

    def find(self, confirmation_id: str) -> Confirmation | None:
        """Return the reset whose code a page asks for. It says nothing about whether there is an account."""
        confirmation = self._confirmations.find(self._common.database.read(), confirmation_id)
        return confirmation if confirmation and confirmation.purpose is Purpose.RESET_PASSWORD else None

    def reset_by_link(self, token: str, password: str, where: Where) -> Unproven | Problem | None:
        """Set a new password by the link that was mailed; None when that is done."""
        known = self.find_by_link(token)
        if known is None or not known.open:
            return Unproven.SPENT
        account = people.find(self._common.database.read(), known.account_id or "")
        hints = [account["username"], account["name"], account["organization"] or ""] if account else []
        return self._reset(
            lambda tx: self._confirmations.consume_link(tx, Purpose.RESET_PASSWORD, token), password, hints, where
        )

    def reset_by_code(self, confirmation_id: str, code: str, password: str, where: Where) -> Unproven | Problem | None:
        """Set a new password by the code that was mailed; None when that is done."""
        known = self.find(confirmation_id)
        if known is None or not known.open:
            return Unproven.SPENT
        # Whose account it is must not show before the code is proven, not even in what counts as a good password.
        hints = [known.data.get("identifier", "")]
        return self._reset(
            lambda tx: self._confirmations.consume_code(tx, confirmation_id, Purpose.RESET_PASSWORD, code),
            password,
            hints,
            where,
        )

    def _reset(
        self, consume: Callable[[Tx], Confirmation | Unproven], password: str, hints: Sequence[str], where: Where
    ) -> Unproven | Problem | None:
        # A weak password is refused before the proof is used up, so that the person can try another.
        if problem := self._passwords.check_strength(password, hints):
            return problem
        password_hash = self._passwords.hash(password)
        with self._common.database.write() as tx:
            confirmed = consume(tx)
            if isinstance(confirmed, Unproven):
                return confirmed
            account_id = confirmed.account_id or ""
            people.update_password(tx, account_id, password_hash, now=self._common.clock())
            people.unlock(tx, account_id)
            self._confirmations.void(tx, account_id, Purpose.RESET_PASSWORD)
            self._sessions.end_all(tx, account_id, "password_reset")
            self._common.notices.tell(tx, account_id, "password_reset", where)
            self._common.audit(tx, "password.reset", account_id, where)
        return None
