"""Browsers that a person trusts: there the password alone signs in, for a limited time, as long as their methods stay the same.

The browser holds `id.secret` for each account; the row is bound to a fingerprint of what the account has enrolled, so adding or removing
anything ends the trust everywhere. Trust opens a session and no more: it is no proof, and `acr` doesn't rise by it.
"""

import hashlib
from collections.abc import Iterable, Sequence

from flask import Request, after_this_request
from flask import Response as FlaskResponse

from idp.accounts.notices import Where
from idp.clock import Clock
from idp.db import Database, Row, Tx
from idp.ids import new_id
from keys import hashing

_MOST = 5
_INSERT = """
INSERT INTO trusted_browser (id, account_id, secret_hash, methods, ip, user_agent, created_at, expires_at)
VALUES (:id, :account_id, :secret_hash, :methods, :ip, :user_agent, :now, :expires_at)
"""
_LIVE = """
SELECT * FROM trusted_browser WHERE account_id = :account_id AND methods = :methods AND expires_at > :now
ORDER BY created_at DESC
"""


def fingerprint(factor_ids: Iterable[str]) -> str:
    """Return a digest of what an account has enrolled; empty for nothing."""
    text = " ".join(sorted(factor_ids))
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


class TrustedBrowsers:
    """Reads and writes the trust. `secure`: the provider is reached by https."""

    def __init__(self, database: Database, clock: Clock, *, seconds: int, secure: bool) -> None:
        self._database = database
        self._clock = clock
        self._seconds = seconds
        self._secure = secure
        self._cookie = "__Host-trusted" if secure else "idp_trusted"

    @property
    def days(self) -> int:
        """How long a browser is trusted."""
        return self._seconds // 86400

    def trusts(self, request: Request, account_id: str, methods: str) -> bool:
        """Tell whether the account, with what it has enrolled now, trusts the request's browser."""
        held = self._held(request)
        if not held:
            return False
        rows = {row["id"]: row["secret_hash"] for row in self._live(account_id, methods)}
        return any(
            hashing.same(rows[trust_id], hashing.digest(secret)) for trust_id, secret in held if trust_id in rows
        )

    def trust(self, tx: Tx, request: Request, account_id: str, methods: str, where: Where) -> None:
        """Trust the request's browser; the response tells it."""
        now, trust_id, secret = self._clock(), new_id(), hashing.new_secret()
        tx.run(
            _INSERT,
            id=trust_id,
            account_id=account_id,
            secret_hash=hashing.digest(secret),
            methods=methods,
            ip=where.ip,
            user_agent=where.user_agent and where.user_agent[:400],
            now=now,
            expires_at=now + self._seconds,
        )
        held = [(trust_id, secret), *self._held(request)][:_MOST]
        value = " ".join(f"{one}.{its}" for one, its in held)

        @after_this_request
        def keep(response: FlaskResponse) -> FlaskResponse:
            response.set_cookie(
                self._cookie, value, max_age=self._seconds, secure=self._secure, httponly=True, samesite="Lax"
            )
            return response

    def listing(self, account_id: str, methods: str) -> Sequence[Row]:
        """Return the trusted browsers, the newest first: `id`, `ip`, `user_agent`, `created_at`, `expires_at`."""
        return self._live(account_id, methods)

    def forget(self, tx: Tx, account_id: str, trust_id: str = "") -> int:
        """End the trust in one browser, or in all; return how many."""
        one = " AND id = :id" if trust_id else ""
        more = {"id": trust_id} if trust_id else {}
        return tx.run(f"DELETE FROM trusted_browser WHERE account_id = :account_id{one}", account_id=account_id, **more)

    def purge(self, tx: Tx) -> int:
        """Delete what has expired."""
        return tx.run("DELETE FROM trusted_browser WHERE expires_at <= :now", now=self._clock())

    def _live(self, account_id: str, methods: str) -> Sequence[Row]:
        return self._database.read().all(_LIVE, account_id=account_id, methods=methods, now=self._clock())

    def _held(self, request: Request) -> list[tuple[str, str]]:
        values = request.cookies.get(self._cookie, "").split()
        pairs = [value.partition(".") for value in values[:_MOST]]
        return [(trust_id, secret) for trust_id, _, secret in pairs if trust_id.isalnum() and secret]
