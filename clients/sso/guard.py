"""Who is visiting, and pages that are for people who have signed in, or signed in strongly or recently enough.

Whoever isn't signed in well enough is sent to the provider, which asks only for what is missing, and comes back to the same page. It
can't go round in circles: what comes back is checked against what was asked before anybody is sent on (`sign_in.callback`).
"""

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from clients.sso import kept_forms, sign_in
from clients.sso.demands import Demand
from clients.sso.models import SsoSession
from clients.sso.parts import parts

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class Visitor(NamedTuple):
    """A signed-in person, as the provider described them when they signed in."""

    sub: str
    name: str
    username: str
    email: str
    locale: str
    roles: tuple[str, ...] = ()


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
    roles = tuple(session.roles.split())
    return Visitor(session.sub, session.name, session.username, session.email, session.locale, roles)


def meets(demand: Demand) -> bool:
    """Tell whether this request's session, if there is one, is enough for `demand`."""
    session = current_session()
    return session is not None and demand.met_by(session.acr, session.auth_time, parts().clock())


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to signed-in people, and send everybody else to the provider at once.

    Whoever has a session there comes back signed in without having typed or seen anything.
    """
    return demands()(view)


def strong(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Show `view` to people who have signed in with two factors."""
    return demands(acr="aal2")(view)


def demands(*, acr: str = "", max_age: int | None = None) -> Callable[[View[P]], View[P]]:
    """Show a view to people whose sign-in reaches the level `acr` and is at most `max_age` seconds old; others step up first.

    What they had typed into a form is found again with `kept_form` at the form's own address.
    """
    demand = Demand(acr, max_age)

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if meets(demand):
                return view(*args, **kwargs)
            return sign_in.depart(_here(), demand, sub=visitor.sub if (visitor := current_visitor()) else "")

        return guarded

    return decorate


def kept_form() -> MultiDict[str, str] | None:
    """Return what the person had typed here before they were sent to the provider, None when there is nothing."""
    here, visitor = parts(), current_visitor()
    if visitor is None:
        return None
    return kept_forms.find(request, sub=visitor.sub, box=here.form_box, now=int(here.clock()))


def _here() -> str:
    """Return where the person goes on afterwards: this page, with what was typed if it was a form."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path
    here = parts()
    # Of a session that ended by itself it is known whose it was; of one that was ended on purpose, by nobody.
    sub = here.sessions.person_of(request)
    now = int(here.clock())
    if not sub:
        return request.path
    return kept_forms.keep(request, sub=sub, box=here.form_box, now=now, expires_at=now + sign_in.PENDING_SECONDS)
