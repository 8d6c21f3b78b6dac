"""The cookies of sessions: one for each account that is signed in in this browser, and one that says which is active.

Only names and attributes; what a value is worth is `sessions.py`'s business. SameSite is Lax, because people arrive here from the
services by a link.
"""

from flask import Request
from werkzeug.wrappers import Response

SLOTS = 5
"""How many accounts one browser can be signed in to at once."""


class SessionCookies:
    """Reads and writes the cookies. `secure`: the provider is reached by https."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        # The prefix keeps a neighbour on a sub-domain or on plain http from planting a session here.
        prefix = "__Host-" if secure else ""
        self._names = [f"{prefix}sso_{slot}" for slot in range(SLOTS)]
        self._active = f"{prefix}sso_active"

    def read(self, request: Request) -> list[tuple[int, str]]:
        """Return slot and value of each session cookie, the active one first."""
        found = [(slot, request.cookies[name]) for slot, name in enumerate(self._names) if request.cookies.get(name)]
        active = request.cookies.get(self._active)
        return sorted(found, key=lambda pair: str(pair[0]) != active)

    def set(self, response: Response, slot: int, value: str, *, max_age: int | None) -> None:
        """Keep a session in a slot and make it the active one; without `max_age` (seconds) until the browser closes."""
        self._write(response, self._names[slot], value, max_age)
        self.activate(response, slot)

    def activate(self, response: Response, slot: int) -> None:
        """Say which of the accounts is the active one."""
        # It holds no secret, and it may outlive a session: an index without a session is ignored.
        self._write(response, self._active, str(slot), max_age=None)

    def clear(self, response: Response, *slots: int) -> None:
        """Forget the sessions in these slots, or in all of them when none is named."""
        for slot in slots or range(SLOTS):
            response.delete_cookie(self._names[slot], secure=self._secure, httponly=True, samesite="Lax")
        if not slots:
            response.delete_cookie(self._active, secure=self._secure, httponly=True, samesite="Lax")

    def _write(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(name, value, max_age=max_age, secure=self._secure, httponly=True, samesite="Lax")
