"""The provider as a relying party sees it: Authlib's client on the discovery document, and keys to check what it signed.

The document is fetched when it is first needed and again every ten minutes, so the provider may start later or move its endpoints.
It knows nothing of browsers and sessions here.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from clients.sso.demands import LEVELS, Demand
from clients.sso.outcomes import ProviderUnavailableError, RefusedError, SignedIn, Tokens
from config.settings import RelyingPartySettings
from config.untrusted import check_jwt

SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "ES256"]
_DISCOVERY_SECONDS = 600
_KEYS_SECONDS = 10
_TIMEOUT_SECONDS = 5
_LEEWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Departure:
    """A person on the way to the provider: where to send them, and what has to be known when they come back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


class Provider:
    """Everything that is asked of the provider; threads may share it.

    `clock` returns seconds since the epoch, `scope` is what this service asks for besides name and address.
    """

    def __init__(
        self,
        app: Flask,
        settings: RelyingPartySettings,
        clock: Callable[[], float] = time.time,
        *,
        scope: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._issuer = settings.issuer
        self._client_id = settings.client_id
        self._secret = settings.read_client_secret()
        self._redirect_uri = f"{settings.base_url}/callback"
        self._after_sign_out = f"{settings.base_url}/signed-out"
        self._clock = clock
        self._scope = " ".join(
            dict.fromkeys([*SCOPE.split(), *scope, *(one for of in settings.apis.values() for one in of)])
        )
        # What a person's tokens may be for (RFC 8707); the provider itself, for what it says about them.
        self._resources = [self._issuer, *settings.apis] if settings.apis else []
        self._client: Any = None
        self._renew_at = self._refetch_at = 0.0
        self._key_document: Any = None
        self._key_set = KeySet([])

    def departure(self, locale: str, demand: Demand, *, sub: str = "") -> Departure:
        """Return the authorization request (OpenID Connect Core 3.1.2.1) with PKCE S256, state and nonce. Network.

        `demand` is asked for as necessary (sections 3.1.2.1 and 5.5.1.1), of the person `sub` if one is named (section 5.5.1).
        """
        more: dict[str, Any] = {"ui_locales": locale, "resource": self._resources}
        if demand.max_age is not None:
            more["max_age"] = demand.max_age
        if demand.acr:
            about: dict[str, Any] = {"acr": {"essential": True, "values": LEVELS[LEVELS.index(demand.acr) :]}}
            if sub:
                about["sub"] = {"value": sub}
            more |= {"acr_values": demand.acr, "claims": json.dumps({"id_token": about}, separators=(",", ":"))}
        with _conversation():
            made = self._discovered().create_authorization_url(self._redirect_uri, **more)
            return Departure(made["url"], made["state"], made["nonce"], made["code_verifier"])

    def check_issuer(self, iss: str | None) -> None:
        """Raise RefusedError unless the authorization response is this provider's (RFC 9207 section 2.4)."""
        with _conversation():
            promised = self._discovered().server_metadata.get("authorization_response_iss_parameter_supported")
        if iss != self._issuer and (iss is not None or promised):
            raise RefusedError("iss of the authorization response isn't the issuer")

    def redeem(self, code: str, *, nonce: str, code_verifier: str) -> SignedIn:
        """Return who signed in for a code, with their tokens; all is checked (OpenID Connect Core 3.1.3.7, 5.3.4)."""
        expected = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        with _conversation():
            client = self._discovered()
            narrow = {"resource": self._issuer} if self._resources else {}
            token = client.fetch_access_token(self._redirect_uri, code=code, code_verifier=code_verifier, **narrow)
            claims = client.parse_id_token(token, nonce=nonce, claims_options=expected, leeway=_LEEWAY_SECONDS)
            if claims is None:
                raise RefusedError("the token response has no ID token")
            about = client.userinfo(token=token)
        if about.get("sub") != claims["sub"]:
            raise RefusedError("userinfo is about somebody else")
        return SignedIn({**about, **claims}, _tokens(token))

    def refresh(self, refresh_token: str, *, resource: str, scope: str) -> Tokens:
        """Return a token for one API, and what renews it next (RFC 6749 section 6, RFC 8707 section 2.2)."""
        with _conversation():
            answer = self._discovered().fetch_access_token(
                grant_type="refresh_token", refresh_token=refresh_token, resource=resource, scope=scope
            )
            return _tokens(answer)

    def own_token(self, *, resource: str, scope: str) -> Tokens:
        """Return a token of this service itself for one API (RFC 6749 section 4.4)."""
        with _conversation():
            answer = self._discovered().fetch_access_token(
                grant_type="client_credentials", resource=resource, scope=scope
            )
            return _tokens(answer)

    def sign_out_url(self, id_token: str | None, state: str) -> str:
        """Return where the browser goes to end the session there (OpenID Connect RP-Initiated Logout 1.0 section 2)."""
        with _conversation():
            made = self._discovered().create_logout_url(
                post_logout_redirect_uri=self._after_sign_out,
                id_token_hint=id_token,
                state=state,
                client_id=self._client_id,
            )
        url: str = made["url"]
        return url

    def verified(self, token: str, *, typ: str) -> Mapping[str, Any]:
        """Return the claims of a JWT that the provider signed as `typ`. Only signature, algorithm and type are checked."""
        try:
            check_jwt(token)
        except ValueError as error:
            raise RefusedError("the token isn't a JWT") from error
        with _conversation():
            client = self._discovered()
            try:
                decoded = jwt.decode(token, self._keys(client), algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                # A key that is new here. Anybody can send an unknown name, so the keys aren't fetched for each of them.
                if self._clock() < self._refetch_at:
                    raise
                self._refetch_at = self._clock() + _KEYS_SECONDS
                decoded = jwt.decode(token, self._keys(client, force=True), algorithms=ALGORITHMS)
        # RFC 7515 section 4.1.9: letter case and "application/" make no difference.
        if str(decoded.header.get("typ")).lower().removeprefix("application/") != typ:
            raise RefusedError(f"the token isn't a {typ}")
        return decoded.claims

    def _keys(self, client: Any, *, force: bool = False) -> KeySet:  # noqa: ANN401 - Authlib has no types
        """Return the provider's keys, parsed once for each time that they are fetched: parsing takes longer than verifying."""
        document = client.fetch_jwk_set(force=force)
        if document is not self._key_document:
            self._key_set, self._key_document = KeySet.import_key_set(document), document
        return self._key_set

    def _discovered(self) -> Any:  # noqa: ANN401 - Authlib has no types
        """Return Authlib's client with the provider's metadata loaded."""
        now = self._clock()
        if self._client is None or now >= self._renew_at:
            # A new registry each time: one registry never reads the document again.
            client = OAuth(self._app).register(
                "provider",
                client_id=self._client_id,
                client_secret=self._secret,
                server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": self._scope,
                    "code_challenge_method": "S256",
                    "token_endpoint_auth_method": "client_secret_basic",
                    "default_timeout": _TIMEOUT_SECONDS,
                },
            )
            # OpenID Connect Discovery 1.0 section 4.3: a document about somebody else could send people anywhere.
            if client.load_server_metadata().get("issuer") != self._issuer:
                raise ProviderUnavailableError("the discovery document names another issuer")
            self._client, self._renew_at = client, now + _DISCOVERY_SECONDS
        return self._client


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    return Tokens(
        str(answer["access_token"]),
        int(answer.get("expires_in") or 0),
        str(answer.get("refresh_token") or ""),
        str(answer.get("id_token") or ""),
    )


@contextmanager
def _conversation() -> Iterator[None]:
    """Turn what Authlib, requests and joserfc raise into the two errors that a caller can tell apart."""
    try:
        yield
    except requests.RequestException as error:
        raise ProviderUnavailableError(type(error).__name__) from error
    except OAuthError as error:
        raise RefusedError(f"the provider answered {error.error}", error=str(error.error)) from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(f"{type(error).__name__} in what the provider sent") from error
