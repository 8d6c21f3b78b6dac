"""Advice to choose a longer password: for those who have one from before the rule. It is given once, and nobody has to follow it.

That a password is short is seen only when it is typed; whether that was told is kept with the account until there is another password.
"""

from idp.accounts.new_password import NewPassword
from idp.accounts.passwords import Passwords
from idp.db import Database

_DUE = "UPDATE account SET password_advice = 'due' WHERE id = :id AND password_advice IS NULL"
_GIVE = "UPDATE account SET password_advice = 'given' WHERE id = :id AND password_advice = 'due'"


class PasswordAdvice:
    """The use cases."""

    def __init__(self, database: Database, passwords: Passwords, new_password: NewPassword) -> None:
        self._database = database
        self._passwords = passwords
        self._new_password = new_password

    def note(self, account_id: str, password: str) -> None:
        """Note that a right password is a short one. Costs nothing for a long one."""
        if not self._passwords.is_short(password, second_step=False):
            return
        second_step = self._new_password.has_second_step(account_id)
        if self._passwords.is_short(password, second_step=second_step):
            with self._database.write(durable=False) as tx:
                tx.run(_DUE, id=account_id)

    def is_due(self, account_id: str) -> bool:
        """Tell whether it is to be given."""
        row = self._database.read().one("SELECT password_advice FROM account WHERE id = :id", id=account_id)
        return row is not None and row["password_advice"] == "due"  # noqa: S105 — no password

    def give(self, account_id: str) -> bool:
        """Note that it is given now; False when it isn't due, or was given elsewhere at the same time."""
        if not self.is_due(account_id):
            return False
        with self._database.write(durable=False) as tx:
            return tx.run(_GIVE, id=account_id) == 1
