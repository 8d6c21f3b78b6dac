"""Who is signed in in this browser: joins cookies and sessions. Starts and ends no session itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Request, after_this_request, g
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from idp.accounts.cookies import SLOTS, SessionCookies
from idp.accounts.sessions import Session, Sessions
from idp.web import browser_secret

SecretHook = Callable[[str, str], None]
"""Called with the digests of the browser's former secret, which may be empty, and of its new one (`web.browser_secret`)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and the slot that its cookie sits in."""

    slot: int
    session: Session


class Browser:
    """Finds the people of a request and keeps them in its response."""

    def __init__(self, sessions: Sessions, cookies: SessionCookies, *, remembered_seconds: int) -> None:
        self._sessions = sessions
        self._cookies = cookies
        self._remembered_seconds = remembered_seconds
        self.on_new_secret: list[SecretHook] = []

    def people(self, request: Request) -> list[SignedIn]:
        """Return every live session of this browser, the active one first. Looked up once per request."""
        known: list[SignedIn] | None = g.get("accounts_people")
        if known is None:
            known = [
                SignedIn(slot, session)
                for slot, value in self._cookies.read(request)
                if (session := self._sessions.find(value)) is not None
            ]
            g.accounts_people = known
        return known

    def current(self, request: Request) -> Session | None:
        """Return the active session, or None when nobody is signed in."""
        people = self.people(request)
        return people[0].session if people else None

    def displaced_by(self, request: Request, account_id: str) -> Session | None:
        """Return whose place a session of this account would take: there are only so many. The caller ends it."""
        taken = {person.slot: person.session for person in self.people(request)}
        return (
            taken.get(_slot(taken, account_id))
            if account_id not in {one.account_id for one in taken.values()}
            else None
        )

    def enter(self, request: Request, session: Session, cookie_value: str) -> None:
        """Make a session that has just begun, or got a new secret, the active one, for the rest of this request as well.

        Its cookie goes with the response: into its account's slot, a free one, or the least recently used.
        """
        self.renew_secret()
        people = self.people(request)
        taken = {person.slot: person.session for person in people}
        slot = _slot(taken, session.account_id)
        max_age = self._remembered_seconds if session.remembered else None
        g.accounts_people = [SignedIn(slot, session), *(person for person in people if person.slot != slot)]

        @after_this_request
        def keep(response: FlaskResponse) -> FlaskResponse:
            self._cookies.set(response, slot, cookie_value, max_age=max_age)
            return response

    def activate(self, request: Request, response: Response, sid: str) -> bool:
        """Make another of this browser's sessions the active one; False when it isn't here."""
        for person in self.people(request):
            if person.session.sid == sid:
                self._cookies.activate(response, person.slot)
                self.forget_lookup()
                return True
        return False

    def drop(self, request: Request, response: Response, *sids: str) -> None:
        """Remove the cookies of these sessions from the browser, or of all when none is named."""
        self.renew_secret()
        slots = [person.slot for person in self.people(request) if person.session.sid in sids]
        if slots or not sids:
            self._cookies.clear(response, *slots)
        self.forget_lookup()

    def renew_secret(self) -> None:
        """Give the browser a new secret and new CSRF tokens, once in a request; what is bound to it follows."""
        if g.get("browser_secret_renewed"):
            return
        g.browser_secret_renewed = True
        former, digest = browser_secret.renew()
        for hook in self.on_new_secret:
            hook(former, digest)

    @staticmethod
    def forget_lookup() -> None:
        """Look the sessions up again at the next question: call it after ending one."""
        g.pop("accounts_people", None)


def _slot(taken: Mapping[int, Session], account_id: str) -> int:
    """Return where a session of an account goes: where it is already, else a free place, else the least recently used one."""
    same = [slot for slot, other in taken.items() if other.account_id == account_id]
    free = [slot for slot in range(SLOTS) if slot not in taken]
    return (same or free or [min(taken, key=lambda slot: (taken[slot].last_seen_at, slot))])[0]
