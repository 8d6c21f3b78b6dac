"""Browser secret: binds a sign-in in progress to the browser that began it. It proves nobody, and signs nobody in.

It lives in the signed session cookie, beside the CSRF token; the database knows its digest. Both are new whenever something is proven
and whenever a session begins, is strengthened or ends: what was noted of a browser before opens nothing of what comes after (ASVS 5.0
section 7.2.4).
"""

from flask import g, session

from keys import hashing

_FIELD = "browser"
_CSRF = "csrf_token"


def current() -> str:
    """Return the digest of this browser's secret, made now if it has none."""
    if _FIELD not in session:
        session[_FIELD] = hashing.new_secret()
    return hashing.digest(session[_FIELD])


def find() -> str:
    """Return the digest of this browser's secret, empty when it has none."""
    secret = session.get(_FIELD)
    return hashing.digest(secret) if secret else ""


def renew() -> tuple[str, str]:
    """Give the browser a new secret and new CSRF tokens; return the former digest, which may be empty, and the new one."""
    former = find()
    session[_FIELD] = hashing.new_secret()
    session.pop(_CSRF, None)
    g.pop(_CSRF, None)
    return former, current()
