"""The way in: begins a session, or strengthens the one that is there, once everything it takes has been proven. No page here."""

from collections.abc import Callable, Sequence

from flask import Request

from idp.accounts import mail_read
from idp.accounts.build import Accounts
from idp.accounts.notices import Where
from idp.accounts.sessions import Session
from idp.accounts.strength import Proof
from idp.db import Tx


class Entry:
    """Lets people in."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._database = accounts.database
        self._sessions = accounts.sessions
        self._browser = accounts.browser
        self._device_cookies = accounts.device_cookies
        self._passwords = accounts.sign_in
        self._notices = accounts.common.notices

    def let_in(
        self,
        request: Request,
        account_id: str,
        proofs: Sequence[Proof],
        where: Where,
        *,
        remember: bool,
        address_proven_at: int,
        claim: Callable[[Tx, str], None],
    ) -> Session:
        """Return the session that this browser has from now on for the account; who had its place in the browser is signed out.

        `address_proven_at` is when the person has shown in this sign-in that they read the account's mail, or 0.
        `claim` gets its `sid` before the browser gets its cookie; what it raises undoes the session.
        """
        here = next(
            (one.session for one in self._browser.people(request) if one.session.account_id == account_id), None
        )
        source = {"ip": where.ip, "user_agent": where.user_agent}
        displaced = self._browser.displaced_by(request, account_id)
        with self._database.write() as tx:
            proven_at = max(address_proven_at, mail_read.take(self._accounts, tx, account_id))
            if here is not None:
                # The same `sid` with a new secret: services stay connected to it, a copied cookie is worth nothing any more.
                new = [proof for proof in proofs if proof not in here.proofs]
                session, value = self._sessions.strengthen(tx, here.sid, new, **source, address_proven_at=proven_at)
            else:
                self._tell_of_new_browser(tx, request, account_id, where)
                self._passwords.signed_in(tx, account_id)
                session, value = self._sessions.start(
                    tx, account_id, proofs, **source, remember=remember, address_proven_at=proven_at
                )
            if displaced is not None:
                # Its cookie goes: nobody could sign it out any more.
                self._sessions.end(tx, displaced.sid, "displaced")
            claim(tx, session.sid)
            self._device_cookies.remember(tx, request, account_id)
        self._browser.enter(request, session, value)
        return session

    def _tell_of_new_browser(self, tx: Tx, request: Request, account_id: str, where: Where) -> None:
        if not self._device_cookies.find(request, account_id) and self._sessions.has_signed_in(tx, account_id):
            self._notices.tell(tx, account_id, "new_device", where)
