"""New password of an account, whoever sets it: what it has to be like, and what it ends."""

from collections.abc import Callable

from config.tuning import REPEATED_WITHIN
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.passwords import Passwords, Problem
from idp.accounts.revocation import Revocation
from idp.accounts.store import addresses, people
from idp.db import Tx

HasSecondStep = Callable[[str], bool]
"""Tells whether an account, by its id, is asked for something else beside its password."""


class NewPassword:
    """The rules and the change, for the signed-in page and for resets alike."""

    def __init__(self, common: Common, passwords: Passwords, revocation: Revocation) -> None:
        self._common = common
        self._passwords = passwords
        self._revocation = revocation
        self.has_second_step: HasSecondStep = lambda _account_id: False
        """Set by the composition root."""

    def min_length(self, account_id: str) -> int:
        """Return how many characters the account's password has at least."""
        return self._passwords.min_length(second_step=self.has_second_step(account_id))

    def has_just_set(self, account_id: str, password: str) -> bool:
        """Tell whether this password was set moments ago, by the first of two clicks. The caller has counted a guess."""
        account = people.credentials_by_id(self._common.database.read(), account_id)
        since = self._common.clock() - REPEATED_WITHIN
        if account is None or account["password_changed_at"] < since:
            return False
        return self._passwords.verify(account["password_hash"], password)

    def prepare(self, account_id: str, password: str) -> str | Problem:
        """Return the hash of a password that is good enough for this account, else what is wrong with it. Count before: it takes a while."""
        tx = self._common.database.read()
        account = people.find(tx, account_id)
        hints = [account["username"], account["name"], account["organization"] or ""] if account else []
        hints += [row["address"] for row in addresses.of_account(tx, account_id)]
        second_step = self.has_second_step(account_id)
        problem = self._passwords.check_strength(password, hints, second_step=second_step)
        if problem is None and account and account["password_expires_at"] is not None:
            problem = Problem.UNCHANGED if self._passwords.verify(account["password_hash"], password) else None
        return problem or self._passwords.hash(password)

    def set_by_owner(
        self, tx: Tx, account_id: str, password_hash: str, where: Where, *, sid: str, former_hash: str
    ) -> bool:
        """Set it by somebody who is signed in and knew the former one; of the sessions only theirs goes on. False when another was set meanwhile."""
        now = self._common.clock()
        if not people.update_password(tx, account_id, password_hash, now=now, former=former_hash):
            return False
        self._revocation.revoke(tx, account_id, "password_changed", except_sid=sid)
        self._common.notices.tell(tx, account_id, "password_changed", where)
        self._common.audit(tx, "password.changed", account_id, where)
        return True

    def set_by_mail(self, tx: Tx, account_id: str, password_hash: str, where: Where) -> None:
        """Set it by somebody who reads the account's mail; a locked account opens again."""
        people.update_password(tx, account_id, password_hash, now=self._common.clock())
        people.unlock(tx, account_id)
        self._revocation.revoke(tx, account_id, "password_reset")
        self._common.notices.tell(tx, account_id, "password_reset", where)
        self._common.audit(tx, "password.reset", account_id, where)
