"""Revocation: ending what somebody who had a password may hold beside it, once there is another, or once the account is locked.

Sessions, and what waits in mails, end here. Other packages end their part through `on_revoke`: tokens, trusted browsers, approvals.
"""

from collections.abc import Callable
from typing import Literal

from idp.accounts.confirmations import Confirmations
from idp.accounts.proofs import OF_ACCOUNT
from idp.accounts.sessions import Sessions
from idp.db import Tx

Reason = Literal["password_changed", "password_reset", "locked"]
RevokeHook = Callable[[Tx, str, Reason], None]
"""Called with an account and why, in the transaction that ends the rest."""


class Revocation:
    """The use case."""

    def __init__(self, sessions: Sessions, confirmations: Confirmations) -> None:
        self._sessions = sessions
        self._confirmations = confirmations
        self.on_revoke: list[RevokeHook] = []

    def revoke(self, tx: Tx, account_id: str, reason: Reason, *, except_sid: str | None = None) -> None:
        """End everything, but perhaps the session in use: give that one a new secret (`Sessions.renew`), it may have been copied."""
        self._sessions.end_all(tx, account_id, reason, except_sid=except_sid)
        self._confirmations.void(tx, account_id, *OF_ACCOUNT)
        for hook in self.on_revoke:
            hook(tx, account_id, reason)
