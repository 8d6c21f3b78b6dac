"""What the pages of all methods share: who may set one up, and what happens once it is set up. No use case of any method."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import Request, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from config.design import Person
from idp.accounts import pages
from idp.accounts.build import Accounts
from idp.accounts.guard import Guard
from idp.accounts.notices import Where
from idp.accounts.paths import own_path
from idp.accounts.ports import Ports, WayOn
from idp.accounts.sessions import Session
from idp.accounts.strength import Proof
from idp.factors.service import Factor, Factors

SEE_OTHER = 303
_P = ParamSpec("_P")
_View = Callable[Concatenate[Session, _P], ResponseReturnValue]


class Pages:
    """Decorators and helpers for views; each view gets its session as first argument."""

    def __init__(
        self,
        accounts: Accounts,
        factors: Factors,
        ports: Ports,
        *,
        backups: Iterable[str],
    ) -> None:
        self._database = accounts.database
        self._clock = accounts.clock
        self._sessions = accounts.sessions
        self._browser = accounts.browser
        self._guard = Guard(accounts.browser, ports, accounts.clock)
        self._factors = factors
        self._ports = ports
        self._backups = frozenset(backups)

    def signed_in(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who is signed in."""

        def led(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            self._ports.lead_on(self.next_path())
            return view(session, *args, **kwargs)

        return wraps(view)(self._guard.signed_in(led))

    def careful(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who has just proven who they are: with two factors, or while there are none by their mail. For whatever changes them."""

        def led(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            self._ports.lead_on(self.next_path())
            return view(session, *args, **kwargs)

        return self._guard.changing_factors(wraps(view)(led))

    def reauthenticate(self, next_path: str, level: str) -> Response:
        """Send the person to prove again who they are, at this level."""
        return self._ports.sign_in.reauthenticate(next_path, level=level)

    def strong(self, account_id: str) -> list[Factor]:
        """Return what makes the account's sign-in strong: everything enrolled that isn't only a way back in."""
        return [factor for factor in self._factors.listing(account_id) if factor.method not in self._backups]

    def enrolled(self, session: Session, proof: Proof) -> None:
        """Note that setting a method up has proven it: the session is as strong as if it had been used to sign in."""
        here = pages.where(request)
        try:
            with self._database.write() as tx:
                stronger, value = self._sessions.strengthen(
                    tx, session.sid, [proof], ip=here.ip, user_agent=here.user_agent
                )
        except LookupError:  # ended meanwhile: the page that follows asks to sign in
            return
        self._browser.enter(request, stronger, value)

    def done(self) -> Response:
        """Lead on to where the person came from to set a method up, or to the security page."""
        return redirect(self.next_path() or url_for("factors.security", changed="y"), SEE_OTHER)

    def way_on(self) -> WayOn | None:
        """Return the sign-in that goes on after the page, if one does."""
        return self._ports.lead_on(self.next_path())

    def next_path(self) -> str:
        """Return the path on this host that the page's address names as `next`, or an empty text."""
        return own_path(request.args.get("next", ""))

    def person(self, session: Session) -> Person:
        """Return who is signed in, for the upper corner."""
        return pages.person(session, self._ports)

    def where(self, request: Request) -> Where:
        """Return from where a request came."""
        return pages.where(request)
