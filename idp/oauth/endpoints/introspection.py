"""Token introspection: RFC 7662."""

from typing import Any

from idp.oauth import bearer
from idp.oauth.client import Client
from idp.oauth.errors import JSON_HEADERS, InvalidClientError, InvalidRequestError
from idp.oauth.parts import Answer, Parts
from idp.oauth.request import ProtocolRequest

_INACTIVE = {"active": False}


def introspect(parts: Parts, request: ProtocolRequest) -> Answer:
    """Say whether a token holds and what is in it, to the client that has it and to the API that it is for.

    To others it is inactive: nobody can fish for tokens (section 4).
    """
    client = parts.authenticator.authenticate(request)
    if client.public:
        raise InvalidClientError("A public client can't introspect tokens.")
    token = request.form.get("token")
    if not token:
        raise InvalidRequestError("token is missing.")
    body = _refresh_token(parts, client, token) if token.startswith("rt_") else _access_token(parts, client, token)
    return 200, body, JSON_HEADERS


def _access_token(parts: Parts, client: Client, token: str) -> dict[str, Any]:
    claims = parts.access_tokens.live(token)
    if claims is None or not _may_read(client, claims) or parts.clients.find(claims["client_id"]) is None:
        return _INACTIVE
    body = {"active": True, "token_type": "Bearer", **claims}
    for ours in ("family", "userinfo_claims"):
        body.pop(ours, None)
    return body


def _may_read(client: Client, claims: dict[str, Any]) -> bool:
    if claims["client_id"] == client.client_id:
        return True
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    return not set(client.resource_server).isdisjoint(audience)


def _refresh_token(parts: Parts, client: Client, token: str) -> dict[str, Any]:
    row = bearer.find_refresh_token(parts.database.read(), token)
    if (
        row is None
        or row["client_id"] != client.client_id
        or row["used_at"] is not None
        or row["revoked_at"] is not None
        or min(row["expires_at"], row["family_expires_at"]) <= parts.clock()
    ):
        return _INACTIVE
    return {
        "active": True,
        "client_id": row["client_id"],
        "sub": row["account_id"],
        "scope": row["scope"],
        "exp": row["expires_at"],
        "iss": parts.settings.issuer,
    }
