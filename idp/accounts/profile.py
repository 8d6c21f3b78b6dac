"""What people say about themselves, and their password."""

from typing import Any

from idp.accounts.common import Common
from idp.accounts.new_password import NewPassword
from idp.accounts.notices import Where
from idp.accounts.passwords import Problem
from idp.accounts.sessions import Session, Sessions
from idp.accounts.sign_in import PasswordSignIn, Refused
from idp.accounts.store import people
from idp.db import Row


class Profile:
    """Use cases of the profile and password pages."""

    def __init__(
        self,
        common: Common,
        sign_in: PasswordSignIn,
        new_password: NewPassword,
        sessions: Sessions,
    ) -> None:
        self._common = common
        self._sign_in = sign_in
        self._new_password = new_password
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

    def change_password(self, session: Session, current: str, new: str, where: Where) -> Refused | Problem | str | None:
        """Set a new password, and end what was got with the former one; return the session's new cookie value when that is done.

        None when the first of two clicks has done it: the cookie came with its answer. Raises PageError (429) after too many from this session.
        """
        # Those with a right present password too, before any hash and the meter; by session, so nobody else can make its owner wait.
        self._common.brake.count("change_password", about=session.sid, ip=None)
        before = people.credentials_by_id(self._common.database.read(), session.account_id)
        former_hash = before["password_hash"] if before else ""
        proven = self._sign_in.verify_own(
            session.account_id, session.sid, current, ip=where.ip, user_agent=where.user_agent
        )
        if isinstance(proven, Refused):
            return (
                None
                if proven.reason == "wrong" and self._new_password.has_just_set(session.account_id, new)
                else proven
            )
        password_hash = self._new_password.prepare(session.account_id, new)
        if isinstance(password_hash, Problem):
            return password_hash
        with self._common.database.write() as tx:
            if self._new_password.set_by_owner(
                tx, session.account_id, password_hash, where, sid=session.sid, former_hash=former_hash
            ):
                return self._sessions.renew(tx, session.sid)
        # Else it was hashed anew, or somebody else has set another one: the present one is asked for again.
        return (
            None
            if self._new_password.has_just_set(session.account_id, new)
            else self.change_password(session, current, new, where)
        )

    def min_password_length(self, account_id: str) -> int:
        """Return how many characters a new password has at least."""
        return self._new_password.min_length(account_id)
