"""The session of a signed-in person: a row here, `id.secret` in a cookie. Its end is decided by the times in the row."""

import hmac
from collections.abc import Callable

from flask import Request
from werkzeug.wrappers import Response

from clients.sso import store
from clients.sso.crypto import Box, digest, new_secret
from clients.sso.models import SsoGrant, SsoSession
from clients.sso.outcomes import SignedIn
from config.settings import RelyingPartySettings

_TOUCH_SECONDS = 60
_REMEMBERED_SECONDS = 24 * 3600
"""A session that has ended by itself opens nothing, but for so long it is known whose it was (`person_of`)."""


class Sessions:
    """Opens, finds and closes sessions. `clock` returns seconds since the epoch."""

    def __init__(self, settings: RelyingPartySettings, box: Box, token_box: Box, clock: Callable[[], float]) -> None:
        self._secure = settings.base_url.startswith("https:")
        # `__Host-`: no subdomain can set it; it needs https, which loopback doesn't have.
        self.cookie = f"__Host-{settings.name}" if self._secure else f"{settings.name}_session"
        self._idle = settings.session_idle
        self._absolute = settings.session_absolute
        self._box = box
        self._token_box = token_box
        self._clock = clock

    def open(self, request: Request, response: Response, signed_in: SignedIn) -> bool:
        """Begin a session with a new identifier, whatever the browser brought along, and set its cookie.

        False when the provider has ended this sign-in meanwhile; then there is none.
        """
        claims = signed_in.claims
        now = int(self._clock())
        session_id, secret = new_secret(), new_secret()
        username = str(claims.get("preferred_username") or "")
        email = str(claims.get("email") or "")
        session = SsoSession(
            id=session_id,
            secret_hash=digest(secret),
            sid=claims.get("sid"),
            sub=claims["sub"],
            name=str(claims.get("name") or username or email or claims["sub"]),
            username=username,
            email=email,
            locale=str(claims.get("locale") or ""),
            id_token=self._box.close(signed_in.tokens.id_token),
            acr=str(claims.get("acr") or "")[:64],
            amr=" ".join(str(one) for one in claims.get("amr") or ())[:255],
            auth_time=int(claims.get("auth_time") or 0),
            roles=" ".join(_names(claims.get("roles"))),
            created_at=now,
            used_at=now,
        )
        old_id, _ = self._cookie_of(request)
        forget = now - _REMEMBERED_SECONDS
        refresh_token = signed_in.tokens.refresh_token
        grant = SsoGrant(session_id=session_id, refresh_token=self._token_box.close(refresh_token), held_until=0)
        begun = store.add_session(
            session,
            grant if refresh_token else None,
            replaces=old_id,
            used_before=forget - self._idle,
            created_before=forget - self._absolute,
            id_token_issued_at=int(claims["iat"]),
        )
        if not begun:
            return False
        response.set_cookie(
            self.cookie, f"{session_id}.{secret}", secure=self._secure, httponly=True, samesite="Lax", path="/"
        )
        return True

    def find(self, request: Request) -> SsoSession | None:
        """Return the session that the browser's cookie proves, if it hasn't ended."""
        session_id, secret = self._cookie_of(request)
        session = store.find_session(session_id) if secret else None
        if session is None or not hmac.compare_digest(session.secret_hash, digest(secret)):
            return None
        now = int(self._clock())
        if now - session.used_at >= self._idle or now - session.created_at >= self._absolute:
            return None
        if now - session.used_at >= _TOUCH_SECONDS:
            store.touch_session(session_id, now)
        return session

    def person_of(self, request: Request) -> str:
        """Return the `sub` of the session that the browser's cookie proves, if only by time it has ended; empty when there is none."""
        session_id, secret = self._cookie_of(request)
        session = store.find_session(session_id) if secret else None
        return session.sub if session and hmac.compare_digest(session.secret_hash, digest(secret)) else ""

    def close(self, session: SsoSession, response: Response) -> None:
        """End the session and take its cookie back."""
        store.delete_session(session.id)
        response.delete_cookie(self.cookie, secure=self._secure, httponly=True, samesite="Lax", path="/")

    def _cookie_of(self, request: Request) -> tuple[str, str]:
        """Return identifier and secret; empty for what can't be ours (PostgreSQL takes no text with a NUL in it)."""
        session_id, _, secret = request.cookies.get(self.cookie, "").partition(".")
        return (session_id, secret) if session_id.isprintable() else ("", "")

    def id_token(self, session: SsoSession) -> str | None:
        """Return the ID token that the session began with."""
        return self._box.open(session.id_token)


def _names(value: object) -> list[str]:
    """Return the names in a claim that should be a list of them; one with a space in it would be read as two."""
    return [one for one in value if isinstance(one, str) and one.split() == [one]] if isinstance(value, list) else []
