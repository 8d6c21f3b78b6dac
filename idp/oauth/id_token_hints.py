"""ID tokens of ours that come back as a hint: at the authorization endpoint and at sign-out."""

from dataclasses import dataclass
from typing import Any

from idp.oauth.minting import ID_TOKEN_TYPE
from keys import BadToken, Signer

_MAX_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Hint:
    """Whom a hint is about and for which client it was made."""

    subject: str
    sid: str
    client_id: str


class IdTokenHints:
    """Reads hints. One that has expired is as good: it says who was signed in, and proves nothing else (Core section 3.1.2.1)."""

    def __init__(self, signer: Signer, issuer: str) -> None:
        self._signer = signer
        self._issuer = issuer

    def read(self, token: str) -> Hint | None:
        """Return what an ID token says, None if it isn't one of ours."""
        if len(token) > _MAX_LENGTH:
            return None
        try:
            claims: dict[str, Any] = self._signer.verify(token, typ=ID_TOKEN_TYPE)
        except BadToken:
            return None
        if claims.get("iss") != self._issuer or not isinstance(claims.get("aud"), str):
            return None
        return Hint(subject=claims["sub"], sid=claims.get("sid", ""), client_id=claims["aud"])
