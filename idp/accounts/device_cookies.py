"""Device cookies (OWASP): browsers in which a person has signed in before, so that guesses made elsewhere don't count against them there.

The browser holds `id.secret` for each account; the database keeps only a digest of the secret. It is set after a full sign-in, bound to
the account and to its password, proves nothing about who uses the browser now, and signs nobody in. A new password ends all of them.
"""

from flask import Request, after_this_request, g
from flask import Response as FlaskResponse

from idp.clock import Clock
from idp.db import Database, Tx
from idp.ids import new_id
from keys import hashing

_KEPT_SECONDS = 365 * 24 * 3600
_MAX_ACCOUNTS = 10
"""In one browser; the one that signed in longest ago is forgotten first."""

_INSERT = """
INSERT INTO device_cookie (id, account_id, secret_hash, password_changed_at, expires_at)
SELECT :id, id, :secret_hash, password_changed_at, :expires_at FROM account WHERE id = :account_id
"""
_LIVE = """
SELECT d.id, d.secret_hash FROM device_cookie d JOIN account a ON a.id = d.account_id
WHERE d.account_id = :account_id AND d.password_changed_at = a.password_changed_at AND d.expires_at > :now
"""


class DeviceCookies:
    """Reads and writes them. `secure`: the provider is reached by https."""

    def __init__(self, database: Database, clock: Clock, *, secure: bool) -> None:
        self._database = database
        self._clock = clock
        self._secure = secure
        self._cookie = "__Host-known_browser" if secure else "known_browser"

    def find(self, request: Request, account_id: str) -> str:
        """Return the id of the request's device cookie for the account, an empty text when it has none."""
        held = self._held(request)
        if not held:
            return ""
        rows = self._database.read().all(_LIVE, account_id=account_id, now=self._clock())
        known = {row["id"]: row["secret_hash"] for row in rows}
        found = (
            device for device, secret in held if device in known and hashing.same(known[device], hashing.digest(secret))
        )
        return next(found, "")

    def has_any(self, request: Request) -> bool:
        """Tell whether the request carries device cookies at all, of whatever account and worth."""
        return bool(self._held(request))

    def remember(self, tx: Tx, request: Request, account_id: str) -> None:
        """Let the account know this request's browser from now on; the response takes the cookie along."""
        if self.find(request, account_id):
            return
        device, secret, expires_at = new_id(), hashing.new_secret(), self._clock() + _KEPT_SECONDS
        tx.run(_INSERT, id=device, account_id=account_id, secret_hash=hashing.digest(secret), expires_at=expires_at)
        # For the rest of this request too: it may be a new password that follows.
        g.device_cookies = [(device, secret), *self._held(request)][:_MAX_ACCOUNTS]

        @after_this_request
        def keep(response: FlaskResponse) -> FlaskResponse:
            value = " ".join(f"{one}.{its}" for one, its in g.device_cookies)
            response.set_cookie(
                self._cookie, value, max_age=_KEPT_SECONDS, secure=self._secure, httponly=True, samesite="Lax"
            )
            return response

    def forget(self, tx: Tx, account_id: str) -> None:
        """Let the account know no browser any more."""
        tx.run("DELETE FROM device_cookie WHERE account_id = :account_id", account_id=account_id)

    def purge(self, tx: Tx) -> int:
        """Delete those that have expired, or were for a former password."""
        return tx.run(
            "DELETE FROM device_cookie WHERE expires_at <= :now OR EXISTS (SELECT 1 FROM account a"
            " WHERE a.id = device_cookie.account_id AND a.password_changed_at <> device_cookie.password_changed_at)",
            now=self._clock(),
        )

    def _held(self, request: Request) -> list[tuple[str, str]]:
        noted: list[tuple[str, str]] | None = g.get("device_cookies")
        if noted is not None:
            return noted
        values = request.cookies.get(self._cookie, "").split()[:_MAX_ACCOUNTS]
        pairs = [value.partition(".") for value in values]
        return [(device, secret) for device, _, secret in pairs if device.isalnum() and secret]
