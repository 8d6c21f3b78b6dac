"""Who is visiting, and pages that are for signed-in people only."""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue

from clients.sso import sign_in
from clients.sso.models import SsoSession
from clients.sso.parts import parts

P = ParamSpec("P")


class Visitor(NamedTuple):
    """A signed-in person, as the provider described them when they signed in."""

    sub: str
    name: str
    username: str
    email: str
    locale: str


def current_session() -> SsoSession | None:
    """Return the session of this request; looked up once, and only for pages that ask."""
    if "sso_session" not in g:
        g.sso_session = parts().sessions.find(request)
    session: SsoSession | None = g.sso_session
    return session


def current_visitor() -> Visitor | None:
    """Return the signed-in person of this request, or None."""
    session = current_session()
    if session is None:
        return None
    return Visitor(session.sub, session.name, session.username, session.email, session.locale)


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to signed-in people, and send everybody else to the provider at once.

    Whoever has a session there comes back signed in without having typed or seen anything.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_visitor() is not None:
            return view(*args, **kwargs)
        # What was posted is lost on the way, so after a form they come back to the page that has it.
        return sign_in.depart(request.full_path if request.method in {"GET", "HEAD"} else parts().home)

    return guarded
