"""Client authentication: exactly one mechanism, and the one that the client registered.

`client_secret_basic` and `client_secret_post` (RFC 6749 section 2.3.1), `private_key_jwt` (OpenID Connect Core section 9,
RFC 7523), `none` for public clients. Secrets are 256 random bits, so they are compared as SHA-256 and need no slow hash.
"""

import base64
from urllib.parse import unquote_plus

import orjson
from joserfc import jwt
from joserfc.errors import JoseError

from config.parsing import PARSER_ERRORS, check_jwt
from idp.clock import Clock
from idp.db import Database
from idp.oauth.client import Client, ClientRegistry
from idp.oauth.errors import InvalidClientError, InvalidRequestError
from idp.oauth.key_sets import ClientKeys
from idp.oauth.request import ProtocolRequest
from idp.oauth.store import assertions
from keys import hashing

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
ASSERTION_ALGORITHMS = ("ES256", "ES384", "PS256", "RS256", "Ed25519")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MAX_ASSERTION_SECONDS = 3600
"""An hour, because that is what Authlib's client makes unless it is told otherwise. Each is good for one request anyway."""
_LEEWAY = 30
_LOGGED_ID = 64


class ClientAuthenticator:
    """Says which client sent a request, or refuses."""

    def __init__(
        self, clients: ClientRegistry, keys: ClientKeys, database: Database, clock: Clock, audiences: tuple[str, ...]
    ) -> None:
        self._clients = clients
        self._keys = keys
        self._database = database
        self._clock = clock
        self._audiences = audiences

    def authenticate(self, request: ProtocolRequest) -> Client:
        """Return the client.

        Raises:
            InvalidRequestError: two mechanisms at once (RFC 6749 section 2.3).
            InvalidClientError: no or a failed authentication, or another method than the registered one.
        """
        form = request.form
        header = request.headers.get("Authorization")
        used = [
            method
            for method, present in (
                ("client_secret_basic", header is not None),
                ("client_secret_post", "client_secret" in form),
                ("private_key_jwt", "client_assertion" in form or "client_assertion_type" in form),
            )
            if present
        ]
        if len(used) > 1:
            raise InvalidRequestError("More than one way of client authentication was used.")
        method = used[0] if used else "none"
        if method == "client_secret_basic":
            client = self._by_secret(*_basic(str(header)), method)
            if form.get("client_id", client.client_id) != client.client_id:
                raise InvalidRequestError("The client_id differs from the one in the Authorization header.")
        elif method == "client_secret_post":
            client = self._by_secret(form.get("client_id", ""), form["client_secret"], method)
        elif method == "private_key_jwt":
            client = self._by_assertion(form)
        else:
            client = self._registered(form.get("client_id", ""), method)
        request.auth_method = method
        request.client = client
        return client

    def _registered(self, client_id: str, method: str) -> Client:
        if not client_id:
            raise InvalidClientError("No client authentication was included.")
        client = self._clients.find(client_id)
        if client is None:
            raise InvalidClientError(f"no client {client_id[:_LOGGED_ID]!r} is registered")
        if client.token_endpoint_auth_method != method:
            registered = client.token_endpoint_auth_method
            raise InvalidClientError(f"{client_id} is registered for {registered} and came with {method}")
        return client

    def _by_secret(self, client_id: str, secret: str, method: str) -> Client:
        client = self._registered(client_id, method)
        if not client.check_secret(secret, now=self._clock()):
            raise InvalidClientError(f"the secret of {client_id} is wrong")
        return client

    def _by_assertion(self, form: dict[str, str]) -> Client:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise InvalidClientError("The client_assertion_type is not supported.")
        assertion = form.get("client_assertion", "")
        client = self._registered(_unverified_subject(assertion), "private_key_jwt")
        if form.get("client_id", client.client_id) != client.client_id:
            raise InvalidClientError("The client_id differs from the assertion's subject.")
        now = self._clock()
        try:
            check_jwt(assertion)
            token = jwt.decode(assertion, self._keys.of(client, assertion), algorithms=list(ASSERTION_ALGORITHMS))
            jwt.JWTClaimsRegistry(
                now=now,
                leeway=_LEEWAY,
                iss={"essential": True, "value": client.client_id},
                sub={"essential": True, "value": client.client_id},
                aud={"essential": True, "values": list(self._audiences)},
                exp={"essential": True},
                jti={"essential": True},
            ).validate(token.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidClientError(f"the assertion of {client.client_id} is not valid: {error}") from error
        audience = token.claims["aud"]
        # Ours beside a stranger's would be the same assertion for both, and the stranger could use it here (RFC 7523bis section 2).
        if not set([audience] if isinstance(audience, str) else audience) <= set(self._audiences):
            raise InvalidClientError(f"the assertion of {client.client_id} is for somebody else as well")
        jti, expires_at = token.claims["jti"], int(token.claims["exp"])
        if not isinstance(jti, str) or expires_at > now + _MAX_ASSERTION_SECONDS + _LEEWAY:
            raise InvalidClientError("The client assertion lives too long.")
        with self._database.write() as tx:
            fresh = assertions.consume(tx, hashing.digest(f"{client.client_id} {jti}"), expires_at=expires_at + _LEEWAY)
        if not fresh:
            raise InvalidClientError("The client assertion was used before.")
        return client


def _basic(header: str) -> tuple[str, str]:
    scheme, _, credentials = header.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError("The Authorization header must be Basic here.")
    try:
        client_id, colon, secret = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except PARSER_ERRORS:
        raise InvalidClientError("The Authorization header is not well formed.") from None
    if not colon:
        raise InvalidClientError("The Authorization header is not well formed.")
    # Both were form-encoded before they were joined (RFC 6749 section 2.3.1); ours have no character that this changes.
    return unquote_plus(client_id), unquote_plus(secret)


def _unverified_subject(assertion: str) -> str:
    """Read `sub` to know whose keys to verify with; nothing else of it is believed before that."""
    try:
        part = assertion.split(".")[1]
        subject = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["sub"]
    except (ValueError, IndexError, KeyError, TypeError):
        raise InvalidClientError("The client assertion is not a JWT with a subject.") from None
    if not isinstance(subject, str):
        raise InvalidClientError("The client assertion's subject is not a string.")
    return subject
