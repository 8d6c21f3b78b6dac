"""What people say about themselves, and their password."""

from typing import Any

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations, Purpose
from idp.accounts.notices import Where
from idp.accounts.passwords import Passwords, Problem
from idp.accounts.sessions import Session, Sessions
from idp.accounts.sign_in import PasswordSignIn, Refused
from idp.accounts.store import people
from idp.db import Row


class Profile:
    """Use cases of the profile and password pages."""

    def __init__(
        self,
        common: Common,
        passwords: Passwords,
        sign_in: PasswordSignIn,
        confirmations: Confirmations,
        sessions: Sessions,
    ) -> None:
        self._common = common
        self._passwords = passwords
        self._sign_in = sign_in
        self._confirmations = confirmations
        self._sessions = sessions

    def read(self, account_id: str) -> Row | None:
        """Return the account (columns of `Account`)."""
        return people.find(self._common.database.read(), account_id)

    def update(self, account_id: str, changes: dict[str, Any], where: Where) -> list[str]:
        """Set some of `people.EDITABLE`, an empty text meaning none; return which of them changed."""
        now = self._common.clock()
        with self._common.database.write() as tx:
            row = people.find(tx, account_id)
            if row is None:
                return []
            changed = {
                column: changes[column] or None
                for column in people.EDITABLE
                if column in changes and (changes[column] or None) != row[column]
            }
            if changed:
                people.update_profile(tx, account_id, changed, now=now)
                # Which fields, never what is in them: the audit trail outlives the data.
                self._common.audit(tx, "profile.changed", account_id, where, fields=sorted(changed))
        return sorted(changed)

    def change_password(
        self, session: Session, current: str, new: str, where: Where, *, end_others: bool
    ) -> Refused | Problem | None:
        """Set a new password, and perhaps end the person's other sessions; None when that is done."""
        proven = self._sign_in.verify_own(
            session.account_id, session.sid, current, ip=where.ip, user_agent=where.user_agent
        )
        if isinstance(proven, Refused):
            return proven
        account = people.find(self._common.database.read(), session.account_id)
        hints = [session.username, session.name, (account and account["organization"]) or ""]
        if problem := self._passwords.check_strength(new, hints):
            return problem
        password_hash, now = self._passwords.hash(new), self._common.clock()
        with self._common.database.write() as tx:
            people.update_password(tx, session.account_id, password_hash, now=now)
            self._confirmations.void(tx, session.account_id, Purpose.RESET_PASSWORD)
            if end_others:
                self._sessions.end_all(tx, session.account_id, "password_changed", except_sid=session.sid)
            self._common.notices.tell(tx, session.account_id, "password_changed", where)
            self._common.audit(tx, "password.changed", session.account_id, where)
        return None
