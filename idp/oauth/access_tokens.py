"""Reading our own access tokens back: signature once, revocation and expiry each time."""

import hashlib
from typing import Any

from idp.clock import Clock
from idp.db import Database
from idp.oauth.minting import ACCESS_TOKEN_TYPE
from idp.oauth.store import access_tokens
from keys import BadToken, KeyStore, Signer

_KEPT_TOKENS = 20_000
_MAX_LENGTH = 8192


class AccessTokens:
    """Says whether an access token holds, and what is in it.

    A token whose signature was checked a moment ago is known by its SHA-256 and not checked again (that check is most of an
    introspection's cost); whether it was revoked or has expired is looked up every time.
    """

    def __init__(self, signer: Signer, keys: KeyStore, database: Database, clock: Clock, issuer: str) -> None:
        self._signer = signer
        self._keys = keys
        self._database = database
        self._clock = clock
        self._issuer = issuer
        self._verified: dict[bytes, dict[str, Any]] = {}
        self._verified_by = ""

    def claims(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a token of ours that hasn't expired, revoked or not; None for anything else."""
        if len(token) > _MAX_LENGTH:
            return None
        if (version := self._keys.load().version) != self._verified_by:
            # A key was added or withdrawn: what it had signed is judged anew.
            self._verified, self._verified_by = {}, version
        key = hashlib.sha256(token.encode()).digest()
        claims = self._verified.get(key)
        if claims is None:
            try:
                claims = self._signer.verify(token, typ=ACCESS_TOKEN_TYPE)
            except BadToken:
                return None
            if claims.get("iss") != self._issuer:
                return None
            if len(self._verified) >= _KEPT_TOKENS:
                self._verified.clear()  # one signature check for each token in use, every twenty thousand tokens
            self._verified[key] = claims
        return claims if claims["exp"] > self._clock() else None

    def live(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a token that holds now."""
        claims = self.claims(token)
        if claims is None or not access_tokens.is_live(
            self._database.read(), jti=claims["jti"], family_id=claims.get("family", "")
        ):
            return None
        return claims
