"""Token revocation: RFC 7009."""

from idp.audit import record
from idp.oauth import bearer
from idp.oauth.client import Client
from idp.oauth.errors import JSON_HEADERS, InvalidRequestError
from idp.oauth.parts import Answer, Parts
from idp.oauth.request import ProtocolRequest
from idp.oauth.store import access_tokens, families


def revoke(parts: Parts, request: ProtocolRequest) -> Answer:
    """End a token of this client; a refresh token takes its family with it (section 2.1).

    A token that isn't known, or is another client's, changes nothing and is answered like one that was revoked (section 2.2).
    """
    client = parts.authenticator.authenticate(request)
    token = request.form.get("token")
    if not token:
        raise InvalidRequestError("token is missing.")
    if token.startswith("rt_"):
        _refresh_token(parts, client, token)
    else:
        _access_token(parts, client, token)
    return 200, {}, JSON_HEADERS


def _refresh_token(parts: Parts, client: Client, token: str) -> None:
    row = bearer.find_refresh_token(parts.database.read(), token)
    if row is None or row["client_id"] != client.client_id:
        return
    now = parts.clock()
    with parts.database.write() as tx:
        if families.revoke(tx, row["family_id"], reason="revoked", now=now):
            record(tx, "token.revoked", at=now, account_id=row["account_id"], client_id=client.client_id)


def _access_token(parts: Parts, client: Client, token: str) -> None:
    claims = parts.access_tokens.claims(token)
    if claims is None or claims["client_id"] != client.client_id:
        return
    with parts.database.write() as tx:
        access_tokens.revoke(tx, claims["jti"], expires_at=claims["exp"])
