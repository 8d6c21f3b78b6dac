"""Tokens are made here and nowhere else: what is in them, how long they live, what they are signed with.

Access tokens are RFC 9068 JWTs of minutes, not stored; refresh tokens are `rt_<id>.<secret>`, stored hashed. A refresh token's
successor is derived from the token itself and a key of ours, so that a client that lost the answer can be given the same one again
although nothing readable was kept.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from config.settings import ProviderSettings
from config.tuning import HIGHER_LEVEL_SECONDS
from idp.clock import Clock
from idp.ids import new_id
from idp.oauth import bearer
from idp.oauth.client import Client
from idp.oauth.ports import ACR_VALUES
from idp.oauth.store.families import Family
from keys import Signer, hashing
from keys.ring import Algorithm

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105  RFC 9068 section 2.1
LOGOUT_TOKEN_TYPE = "logout+jwt"  # noqa: S105  OpenID Connect Back-Channel Logout section 2.4
ID_TOKEN_TYPE = "JWT"  # noqa: S105
ACCESS_TOKEN_ALGORITHM: Algorithm = "ES256"  # noqa: S105
_LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TOKEN_SECONDS = 120


class Minting:
    """Makes every token."""

    def __init__(self, signer: Signer, settings: ProviderSettings, clock: Clock, successor_key: bytes) -> None:
        self._signer = signer
        self._issuer = settings.issuer
        self._lifetimes = settings.lifetimes
        self._clock = clock
        self._successor_key = successor_key

    def access_token(self, client: Client, *, scope: tuple[str, ...], resource: str, family: Family | None) -> str:
        """Return an access token for `resource`, or for the first of the client's own audiences, or for the provider itself.

        It has one audience: who gets it can't use it elsewhere (RFC 8707 section 3).
        """
        now = self._clock()
        own = client.audiences[0] if family is None and client.audiences else self._issuer
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": resource or own,
            "sub": client.client_id if family is None else family.account_id,
            "client_id": client.client_id,
            "iat": now,
            "exp": now + self._lifetimes.access_token,
            "jti": new_id(),
            "scope": " ".join(scope),
        }
        if family is not None:
            # A token that is refreshed for long opens no more than a new sign-in by the session's lasting proof would.
            lasts = now - family.auth_time < HIGHER_LEVEL_SECONDS
            claims |= {
                "auth_time": family.auth_time,
                "acr": family.acr if lasts else ACR_VALUES[0],
                "amr": family.amr,
                "sid": family.sid,
                "family": family.id,
            }
            if family.userinfo_claims:
                claims["userinfo_claims"] = family.userinfo_claims
        return self._signer.sign(claims, alg=ACCESS_TOKEN_ALGORITHM, typ=ACCESS_TOKEN_TYPE)

    def id_token(
        self, client: Client, family: Family, *, access_token: str, nonce: str, about: Mapping[str, object]
    ) -> str:
        """Return an ID token (Core section 2) with the claims `about` the person that were asked for by name (section 5.5).

        On refresh there is no nonce, and `auth_time` stays the first one (section 12.2).
        """
        now = self._clock()
        claims: dict[str, object] = {
            **about,
            "iss": self._issuer,
            "sub": family.account_id,
            "aud": client.client_id,
            "iat": now,
            "exp": now + self._lifetimes.id_token,
            "auth_time": family.auth_time,
            "acr": family.acr,
            "amr": family.amr,
            "sid": family.sid,
            "at_hash": _left_half(access_token),
        }
        if nonce:
            claims["nonce"] = nonce
        return self._signer.sign(claims, alg=client.id_token_signed_response_alg, typ=ID_TOKEN_TYPE)

    def logout_token(self, client_id: str, *, subject: str, sid: str) -> str:
        """Return a logout token (Back-Channel Logout section 2.4)."""
        now = self._clock()
        claims = {
            "iss": self._issuer,
            "sub": subject,
            "aud": client_id,
            "iat": now,
            "exp": now + _LOGOUT_TOKEN_SECONDS,
            "jti": new_id(),
            "sid": sid,
            "events": {_LOGOUT_EVENT: {}},
        }
        return self._signer.sign(claims, alg="RS256", typ=LOGOUT_TOKEN_TYPE)

    def code(self) -> tuple[str, str, str]:
        """Return a fresh authorization code: the code, its id, the digest to store."""
        return _fresh(bearer.CODE, new_id(), hashing.new_secret())

    def refresh_token(self) -> tuple[str, str, str]:
        """Return a family's first refresh token: the token, its id, the digest to store."""
        return _fresh(bearer.REFRESH_TOKEN, new_id(), hashing.new_secret())

    def successor(self, token: str, successor_id: str) -> tuple[str, str, str]:
        """Return the refresh token that follows `token` under that id: always the same one."""
        mac = hmac.digest(self._successor_key, f"{token} {successor_id}".encode(), "sha256")
        return _fresh(bearer.REFRESH_TOKEN, successor_id, base64.urlsafe_b64encode(mac).rstrip(b"=").decode())

    @property
    def access_token_seconds(self) -> int:
        """How long access tokens live."""
        return self._lifetimes.access_token


def _fresh(prefix: str, token_id: str, secret: str) -> tuple[str, str, str]:
    return bearer.write(prefix, token_id, secret), token_id, hashing.digest(secret)


def _left_half(token: str) -> str:
    """Hash for `at_hash`: Core section 3.1.3.6. ES256 and RS256 both mean SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode("ascii")).digest()[:16]).rstrip(b"=").decode()
