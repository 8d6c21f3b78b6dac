"""The password step: whether what was typed proves somebody. No page here, and no session."""

from flask import Request

from idp.accounts.build import Accounts
from idp.accounts.sign_in import Refused, Verified, name_key


class PasswordStep:
    """Verifies, and knows the browser again in which a name has signed in before."""

    def __init__(self, accounts: Accounts) -> None:
        self._passwords = accounts.sign_in
        self._known_browsers = accounts.known_browsers
        self._advice = accounts.password_advice

    def verify(
        self, request: Request, username: str, password: str, *, ip: str, account_id: str = ""
    ) -> Verified | Refused:
        """Verify; with `account_id` only that account will do."""
        agent = request.user_agent.string or None
        name = name_key(username)
        known = self._known_browsers.id_for(request, name)
        result = self._passwords.verify(username, password, ip=ip, user_agent=agent, known_browser=known)
        if isinstance(result, Refused):
            return result
        if account_id and result.account_id != account_id:
            return Refused("wrong")
        self._known_browsers.remember(request, name)
        self._advice.note(result.account_id, password)
        return result
