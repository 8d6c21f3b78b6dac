"""Who may open an account page: a person who is signed in, for some pages one who has just proven it.

Decorators give the view its session as first argument.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from idp.accounts.browser import Browser
from idp.accounts.ports import Ports
from idp.accounts.sessions import Session
from idp.accounts.strength import AAL2, reaches
from idp.clock import Clock

RECENT = 600
"""Seconds since the last authentication within which an account's ways in may be changed."""

CHANGE_PASSWORD = "accounts.change_password"  # noqa: S105 — the name of a page

_P = ParamSpec("_P")
_View = Callable[Concatenate[Session, _P], ResponseReturnValue]


class Guard:
    """Makes the decorators."""

    def __init__(self, browser: Browser, ports: Ports, clock: Clock) -> None:
        self._browser = browser
        self._ports = ports
        self._clock = clock

    def signed_in(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who is signed in; the others sign in first and come back."""

        @wraps(view)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            session = self._browser.current(request)
            if session is None:
                return self._ports.sign_in.sign_in(here())
            if session.password_is_initial and request.endpoint != CHANGE_PASSWORD:
                return redirect(url_for(CHANGE_PASSWORD, next=here()), HTTPStatus.SEE_OTHER)
            return view(session, *args, **kwargs)

        return guarded

    def careful(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who has proven within `RECENT` seconds who they are: with two factors, if they have them.

        For everything that changes a way in. The others prove it and come back.
        """

        def checked(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            return self.ask_again(session, here()) or view(session, *args, **kwargs)

        return wraps(view)(self.signed_in(checked))

    def changing_factors(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who may add and remove second factors: `careful`, and more than the password, also from who has no second factor yet.

        Those have shown in this session, as lately, that they read the account's mail; the others do it first and come back.
        """

        def checked(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            if not self.has_proven_more(session):
                return redirect(url_for("accounts.prove_address", next=here()), HTTPStatus.SEE_OTHER)
            return view(session, *args, **kwargs)

        return self.careful(wraps(view)(checked))

    def ask_again(self, session: Session, next_path: str) -> ResponseReturnValue | None:
        """Send who hasn't proven it lately enough to do so and to go on at `next_path`; None for the others."""
        needed = self._ports.level_needed(session.account_id)
        if self._recently(session, needed):
            return None
        return self._ports.sign_in.reauthenticate(next_path, level=needed)

    def has_proven_more(self, session: Session) -> bool:
        """Tell whether somebody has lately proven more than the password: two factors, or that they read the account's mail."""
        return self._clock() - session.address_proven_at <= RECENT or self._recently(session, AAL2)

    def second_step(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Do the same for people who have two factors, and let the others in: the page asks for the password itself."""

        def checked(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            needed = self._ports.level_needed(session.account_id)
            if needed and not self._recently(session, needed):
                return self._ports.sign_in.reauthenticate(here(), level=needed)
            return view(session, *args, **kwargs)

        return wraps(view)(self.signed_in(checked))

    def _recently(self, session: Session, level: str) -> bool:
        recent = [proof for proof in session.proofs if self._clock() - proof.at <= RECENT]
        return bool(recent) and reaches(recent, level)


def here() -> str:
    """Return the page's own address. Each of our forms is shown by a GET of the address that it is sent to."""
    return request.full_path.rstrip("?")
