"""Who may open an account page: a person who is signed in, for some pages one who has just proven it.

Decorators give the view its session as first argument.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from flask import request
from flask.typing import ResponseReturnValue

from idp.accounts.browser import Browser
from idp.accounts.ports import SignInPort
from idp.accounts.sessions import Session
from idp.clock import Clock

RECENT = 600
"""Seconds since the last authentication within which an account's ways in may be changed."""

_P = ParamSpec("_P")
_View = Callable[Concatenate[Session, _P], ResponseReturnValue]


class Guard:
    """Makes the decorators."""

    def __init__(self, browser: Browser, sign_in: SignInPort, clock: Clock) -> None:
        self._browser = browser
        self._sign_in = sign_in
        self._clock = clock

    def signed_in(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who is signed in; the others sign in first and come back."""

        @wraps(view)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            session = self._browser.current(request)
            return view(session, *args, **kwargs) if session else self._sign_in.sign_in(_here())

        return guarded

    def recent_sign_in(self, view: _View[_P]) -> Callable[_P, ResponseReturnValue]:
        """Let in who has signed in within `RECENT` seconds; the others prove again who they are and come back."""

        def recent(session: Session, /, *args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            if self._clock() - session.auth_time > RECENT:
                return self._sign_in.reauthenticate(_here())
            return view(session, *args, **kwargs)

        return wraps(view)(self.signed_in(recent))


def _here() -> str:
    """Return the page's own address. Each of our forms is shown by a GET of the address that it is sent to."""
    return request.full_path.rstrip("?")
