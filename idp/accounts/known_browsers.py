"""Browsers in which somebody has signed in before, so that guesses made elsewhere don't slow down the person they are made at.

A cookie names the browser and, digested, the names that were signed in with there; it is signed, proves nothing about who is using
the browser now, and signs nobody in. Failures in a known browser are counted by themselves.
"""

import hashlib
from dataclasses import dataclass

from flask import Request, after_this_request, g
from flask import Response as FlaskResponse
from itsdangerous import BadSignature, URLSafeSerializer

from idp.ids import new_id

_KEPT_SECONDS = 365 * 24 * 3600
_MOST_NAMES = 20
_DIGEST_LENGTH = 16


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """What the cookie says."""

    browser_id: str
    names: tuple[str, ...]


class KnownBrowsers:
    """Reads and writes the cookie. `key` signs it; `secure`: the provider is reached by https."""

    def __init__(self, key: bytes, *, secure: bool) -> None:
        self._signer = URLSafeSerializer(key, salt="known-browser")
        self._secure = secure
        self._cookie = "__Host-known_browser" if secure else "known_browser"

    def id_for(self, request: Request, name: str) -> str:
        """Return the browser's id if `name` has signed in here before, else an empty text."""
        known = self._read(request)
        return known.browser_id if known and _digest(name) in known.names else ""

    def remember(self, request: Request, name: str) -> None:
        """Note in this request's response that `name` has signed in here."""
        known = self._read(request) or KnownBrowser(new_id(), ())
        digest = _digest(name)
        if digest in known.names:
            return
        # For the rest of this request too: a sign-in notes the name that was typed, and the account.
        g.known_browser = KnownBrowser(known.browser_id, (digest, *known.names)[:_MOST_NAMES])

        @after_this_request
        def keep(response: FlaskResponse) -> FlaskResponse:
            value = self._signer.dumps([g.known_browser.browser_id, g.known_browser.names])
            response.set_cookie(
                self._cookie, value, max_age=_KEPT_SECONDS, secure=self._secure, httponly=True, samesite="Lax"
            )
            return response

    def _read(self, request: Request) -> KnownBrowser | None:
        noted: KnownBrowser | None = g.get("known_browser")
        if noted is not None:
            return noted
        value = request.cookies.get(self._cookie)
        if not value:
            return None
        try:
            browser_id, names = self._signer.loads(value)
        except (BadSignature, ValueError):
            return None
        return KnownBrowser(browser_id, tuple(names))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
