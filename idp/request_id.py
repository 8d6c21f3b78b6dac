"""The identifier of the request in hand, for log lines, audit events and support codes. A floor below all who use it.

Whoever receives a request (Flask's side or the machine endpoints) begins it; nobody else sets it.
"""

import hashlib
import re
from base64 import b32encode
from contextvars import ContextVar

from idp.ids import new_id

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(offered: str | None = None) -> str:
    """Start a request: take `X-Request-Id` if it is a short, harmless token, or make one. Offer only what a trusted proxy has sent."""
    request_id = offered if offered and _SAFE.fullmatch(offered) else new_id()
    _current.set(request_id)
    return request_id


def current() -> str:
    """Return the request's identifier; empty outside a request."""
    return _current.get()


def support_code(request_id: str) -> str:
    """Return the short form that a person can read out: two groups of four. The log has both."""
    digest = b32encode(hashlib.sha256(request_id.encode()).digest()).decode()
    return f"{digest[:4]}-{digest[4:8]}"
