"""The authorization code grant with PKCE: RFC 6749 section 4.1, RFC 7636, OpenID Connect Core section 3.1."""

import base64
import hashlib
import re

from idp.oauth import bearer
from idp.oauth.errors import InvalidGrantError
from idp.oauth.grants.base import TokenAnswer, TokenGrant
from idp.oauth.store import codes, families, refresh_tokens
from keys import hashing

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


class AuthorizationCodeGrant(TokenGrant):
    """The code is bound to client, redirect URI and verifier.

    All of that is compared before the code is used up, so a stranger with a stolen one can't spoil it; it is used up before anything
    is minted, so that of two redemptions at once one gets tokens.
    """

    GRANT_TYPE = "authorization_code"

    def validate_token_request(self) -> None:
        """Find the code and check what it is bound to.

        Raises:
            InvalidGrantError: unknown, expired, used, of another client, or bound to something else.
        """
        client = self.authenticate()
        row = bearer.find_code(self.parts.database.read(), self.required("code"))
        if row is None or row["client_id"] != client.client_id:
            raise InvalidGrantError("The code is not valid.")
        parts = self.parts
        if row["used_at"] is not None:
            self._refuse_reuse(row["family_id"], client.client_id)
        if row["expires_at"] <= parts.clock() or row["revoked_at"] is not None:
            raise InvalidGrantError("The code is not valid.")
        redirect_uri = self.request.form.get("redirect_uri")
        if row["redirect_uri"] != redirect_uri and (row["redirect_uri_sent"] or redirect_uri is not None):
            raise InvalidGrantError("The redirect_uri is not the one of the authorization request.")
        if not _proves(self.required("code_verifier"), row["code_challenge"]):
            raise InvalidGrantError("The code_verifier does not match the code_challenge.")
        self._family = families.read(row)
        self.check_session(self._family)
        self._resource = self.narrowed_resource(self._family.resource)
        self.request.authorization_code = row

    def create_token_response(self) -> TokenAnswer:
        """Use the code up, then mint. Signing comes after the commit: it takes longer than the transaction, which blocks other writers."""
        parts, client, family = self.parts, self.request.client, self._family
        now = parts.clock()
        refresh_token = None
        with parts.database.write() as tx:
            consumed = codes.consume(tx, self.request.authorization_code["id"], now=now)
            if consumed and client.check_grant_type("refresh_token"):
                refresh_token, token_id, digest = parts.minting.refresh_token()
                expires_at = min(now + parts.settings.lifetimes.refresh_token, family.expires_at)
                refresh_tokens.add(tx, token_id, digest, family_id=family.id, now=now, expires_at=expires_at)
        if not consumed:
            self._refuse_reuse(family.id, client.client_id)
        access_token = parts.minting.access_token(client, scope=family.scope, resource=self._resource, family=family)
        id_token = None
        if "openid" in family.scope:
            id_token = self.id_token(family, access_token, nonce=family.nonce)
        return self.answer(access_token, family.scope, refresh_token=refresh_token, id_token=id_token)

    def _refuse_reuse(self, family_id: str, client_id: str) -> None:
        """RFC 6749 section 4.1.2: a code used twice ends every token that came of it. Committed, although the answer is an error."""
        self.parts.revoke_for_reuse(family_id, client_id, what="authorization_code")
        raise InvalidGrantError("The code is not valid.")


def _proves(verifier: str, challenge: str) -> bool:
    """RFC 7636 section 4.6, S256."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    computed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()
    return hashing.same(computed, challenge)
