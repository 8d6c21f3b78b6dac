"""The password step: from what was typed to a session that stands. No page here."""

from flask import Request

from idp.accounts.build import Accounts
from idp.accounts.sessions import Session
from idp.accounts.sign_in import Refused, Verified, name_key

METHOD = "password"
AMR = ("pwd",)  # RFC 8176 section 2
ACR = "aal1"  # NIST SP 800-63B-4 section 2.1


class PasswordStep:
    """Verifies, then begins a session, or strengthens the one that this account has in this browser."""

    def __init__(self, accounts: Accounts) -> None:
        self._database = accounts.database
        self._passwords = accounts.sign_in
        self._sessions = accounts.sessions
        self._browser = accounts.browser
        self._known_browsers = accounts.known_browsers

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
        return result

    def establish(self, request: Request, verified: Verified, *, ip: str, remember: bool) -> Session:
        """Begin the session, or strengthen the one that is there."""
        agent = request.user_agent.string or None
        here = next(
            (one.session for one in self._browser.people(request) if one.session.account_id == verified.account_id),
            None,
        )
        with self._database.write() as tx:
            if here is not None:
                # The same `sid` with a new secret: services stay connected to it, a copied cookie is worth nothing any more.
                value = self._sessions.strengthen(
                    tx, here.sid, method=METHOD, strength=ACR, amr=AMR, acr=ACR, ip=ip, user_agent=agent
                )
            else:
                session, value = self._sessions.start(
                    tx,
                    verified.account_id,
                    method=METHOD,
                    strength=ACR,
                    amr=AMR,
                    acr=ACR,
                    ip=ip,
                    user_agent=agent,
                    remember=remember,
                )
            if here is not None:
                found = self._sessions.find(value)
                if found is None:
                    raise LookupError("the session that was just strengthened is gone")
                session = found
        self._browser.enter(request, session, value)
        return session
