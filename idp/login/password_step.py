"""The password step: whether what was typed proves somebody. No page here, and no session."""

from flask import Request

from idp.accounts.build import Accounts
from idp.accounts.notices import Where
from idp.accounts.sign_in import Refused, Verified
from idp.web.proof_of_work import Solved


class PasswordStep:
    """Verifies, and knows the browser again in which an account has signed in before."""

    def __init__(self, accounts: Accounts) -> None:
        self._passwords = accounts.sign_in
        self._advice = accounts.password_advice
        self._device_cookies = accounts.device_cookies
        self._codes = accounts.sign_in_codes

    def verify(
        self,
        request: Request,
        username: str,
        password: str,
        *,
        ip: str,
        account_id: str = "",
        solved: Solved | None = None,
    ) -> Verified | Refused:
        """Verify; with `account_id` only that account will do."""
        result = self._passwords.verify(
            username,
            password,
            ip=ip,
            user_agent=request.user_agent.string or None,
            find_device=lambda found: self._device_cookies.find(request, found),
            solved=solved,
        )
        if isinstance(result, Verified) and account_id and result.account_id != account_id:
            return Refused("wrong")
        if isinstance(result, Verified):
            self._advice.note(result.account_id, password)
        return result

    def request_code(self, interaction_id: str, username: str, password: str, where: Where, *, remember: bool) -> None:
        """Have a code mailed if the password is right: after `verify` has refused with `mail`."""
        self._codes.request(interaction_id, username, password, where, remember=remember)
