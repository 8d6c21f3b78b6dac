"""Browser secret: binds what waits for a browser's return (sign-ins under way, forms put aside) to that browser.

It is new whenever a session begins, and gone when one is ended: whoever noted the cookie before can't go on with what comes after.
"""

from flask import g, session

from clients.sso import store
from clients.sso.crypto import digest, new_secret

_FIELD = "browser"
_CSRF = "csrf_token"


def current() -> str:
    """Return the digest of this browser's secret, made now if it has none."""
    return digest(session.setdefault(_FIELD, new_secret()))


def find() -> str:
    """Return the digest of this browser's secret; without one, a digest of nothing that anybody has."""
    return digest(session.get(_FIELD, ""))


def renew(*, same_person: bool) -> None:
    """Give the browser a new secret and take along what waits for it. Forms that another person has opened here count no more."""
    former = find()
    session.pop(_FIELD, None)
    store.rebind_browser(former, current())
    if not same_person:
        session.pop(_CSRF, None)
        g.pop(_CSRF, None)


def forget() -> None:
    """Forget the secret, all that waits for it, and everything else that the browser was given."""
    store.forget_browser(find())
    session.clear()
    g.pop(_CSRF, None)
