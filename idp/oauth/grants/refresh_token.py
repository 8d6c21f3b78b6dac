"""The refresh token grant with rotation: RFC 6749 section 6, RFC 9700 section 4.14.

Three fates of a token that was used before:
- its rotation was lost on the way: within `lifetimes.refresh_replay` seconds, once, and while the successor is unused, the same
  successor is answered again. Not at once: a client that lost an answer is alone with its token, a thief and their victim aren't,
  so the answer waits a moment for anybody else who comes with the same one;
- two requests raced for it (this one saw it unused, then lost): reuse;
- anything else: reuse.
Reuse revokes the family, in a transaction that commits although the answer is an error.
"""

from idp.ids import new_id
from idp.oauth import bearer
from idp.oauth.errors import InvalidGrantError
from idp.oauth.grants.base import TokenAnswer, TokenGrant
from idp.oauth.store import families, refresh_tokens

SETTLE_SECONDS = 0.15
"""How long a repeated answer waits for others with the same token: longer than a worker takes for a queue of them."""


class RefreshTokenGrant(TokenGrant):
    """Each refresh answers with the next refresh token."""

    GRANT_TYPE = "refresh_token"

    def validate_token_request(self) -> None:
        """Find the token and check whose it is.

        Raises:
            InvalidGrantError: unknown, expired, of another client, or its family was revoked.
            InvalidScopeError: more scope than was granted.
        """
        client = self.authenticate()
        self._token = self.required("refresh_token")
        row = bearer.find_refresh_token(self.parts.database.read(), self._token)
        if row is None or row["client_id"] != client.client_id or row["revoked_at"] is not None:
            raise InvalidGrantError("The refresh token is not valid.")
        now = self.parts.clock()
        if min(row["expires_at"], row["family_expires_at"]) <= now:
            raise InvalidGrantError("The refresh token is not valid.")
        self._family = families.read(row)
        self.check_session(self._family)
        self._scope = self.narrowed_scope(self._family.scope)
        self._resource = self.narrowed_resource(self._family.resource)
        self.request.refresh_token = row

    def create_token_response(self) -> TokenAnswer:
        """Rotate, then mint."""
        parts, client, family = self.parts, self.request.client, self._family
        successor = self._rotate() if self.request.refresh_token["used_at"] is None else self._replay()
        if successor is None:
            parts.revoke_for_reuse(family.id, client.client_id, what="refresh_token")
            raise InvalidGrantError("The refresh token is not valid.")
        access_token = parts.minting.access_token(client, scope=self._scope, resource=self._resource, family=family)
        id_token = None
        if "openid" in self._scope:
            id_token = self.id_token(family, access_token, nonce="")
        return self.answer(access_token, self._scope, refresh_token=successor, id_token=id_token)

    def _rotate(self) -> str | None:
        parts, family = self.parts, self._family
        successor, successor_id, digest = parts.minting.successor(self._token, new_id())
        now = parts.clock()
        with parts.database.write() as tx:
            rotated = refresh_tokens.rotate(
                tx,
                self.request.refresh_token["id"],
                family.id,
                successor_id=successor_id,
                successor_digest=digest,
                now=now,
                expires_at=min(now + parts.settings.lifetimes.refresh_token, family.expires_at),
            )
        return successor if rotated else None

    def _replay(self) -> str | None:
        parts, row = self.parts, self.request.refresh_token
        now = parts.clock()
        if now - row["used_at"] > parts.settings.lifetimes.refresh_replay or row["successor_used_at"] is not None:
            return None
        with parts.database.write() as tx:
            replayed = refresh_tokens.consume_replay(tx, row["id"], now=now)
        if not replayed:
            return None
        parts.pause(SETTLE_SECONDS)
        settled = refresh_tokens.find(parts.database.read(), row["id"])
        if settled is None or settled["revoked_at"] is not None or settled["successor_used_at"] is not None:
            return None
        return parts.minting.successor(self._token, row["successor_id"])[0]
