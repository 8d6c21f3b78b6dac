"""The provider as a relying party sees it: Authlib's client on the discovery document, and keys to check what it signed.

Its documents are fetched when they are first needed and again when they are old, so the provider may start later or move its endpoints.
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
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from clients.sso.demands import LEVELS, Demand
from clients.sso.outcomes import ClockError, ProviderUnavailableError, RefusedError, SignedIn, Tokens
from clients.sso.provider_documents import CachedDocument
from config.parsing import check_jwt
from config.settings import RelyingPartySettings

SCOPE = "openid profile email"
ALGORITHMS = ["RS256", "ES256"]
_DISCOVERY_SECONDS = 600
_KEYS_FRESH_SECONDS = 45
"""A key that the provider has withdrawn is refused within a minute."""
_REFETCH_SECONDS = 10
"""Between two looks for a key that is unknown here."""
_REACHABLE_SECONDS = 5
"""A provider that has answered so lately is there."""
_TIMEOUT_SECONDS = 5
_LEEWAY_SECONDS = 60
_TIMES = {"exp", "iat", "nbf"}


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
        self._metadata_url = f"{self._issuer}/.well-known/openid-configuration"
        self._metadata = CachedDocument(lambda: self._metadata_url, clock, fresh_seconds=_DISCOVERY_SECONDS)
        self._key_document = CachedDocument(
            lambda: str(self._metadata.get()["jwks_uri"]), clock, fresh_seconds=_KEYS_FRESH_SECONDS
        )
        # Each with the document that it was made of.
        self._client: tuple[Any, Any] = (None, None)
        self._key_set: tuple[Any, KeySet] = (None, KeySet([]))
        self._refetch_at = 0.0

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
            client.server_metadata["jwks"] = self._key_document.get()
            try:
                claims = client.parse_id_token(token, nonce=nonce, claims_options=expected, leeway=_LEEWAY_SECONDS)
            except ClaimError as error:
                if isinstance(error, MissingClaimError) or error.claim not in _TIMES:
                    raise
                raise ClockError(f"a new ID token, by the clock of {int(self._clock())}: {error}") from error
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
        """Return where the browser goes to end the session there (OpenID Connect RP-Initiated Logout 1.0 section 2).

        Raises ProviderUnavailableError when it isn't there: the person is told, instead of being sent to nobody.
        """
        with _conversation():
            self._metadata.get_current(_REACHABLE_SECONDS)
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
            try:
                decoded = jwt.decode(token, self._keys(), algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                # A key that is new here. Anybody can send an unknown name, so the keys aren't fetched for each of them.
                if self._clock() < self._refetch_at:
                    raise
                self._refetch_at = self._clock() + _REFETCH_SECONDS
                decoded = jwt.decode(token, self._keys(younger_than=0), algorithms=ALGORITHMS)
        # RFC 7515 section 4.1.9: letter case and "application/" make no difference.
        if str(decoded.header.get("typ")).lower().removeprefix("application/") != typ:
            raise RefusedError(f"the token isn't a {typ}")
        return decoded.claims

    def _keys(self, *, younger_than: int | None = None) -> KeySet:
        """Return the provider's keys, parsed once for each time that they are fetched: parsing takes longer than verifying."""
        document = self._key_document.get(younger_than=younger_than)
        known, key_set = self._key_set
        if document is not known:
            key_set = KeySet.import_key_set(document)  # type: ignore[arg-type]
            self._key_set = document, key_set
        return key_set

    def _discovered(self) -> Any:  # noqa: ANN401 - Authlib has no types
        """Return Authlib's client with the provider's metadata and keys loaded: by itself it would fetch both, and never again."""
        metadata = self._metadata.get()
        known, client = self._client
        if metadata is not known:
            # OpenID Connect Discovery 1.0 section 4.3: a document about somebody else could send people anywhere.
            if metadata.get("issuer") != self._issuer:
                raise ProviderUnavailableError("the discovery document names another issuer")
            client = OAuth(self._app).register(
                "provider",
                client_id=self._client_id,
                client_secret=self._secret,
                server_metadata_url=self._metadata_url,
                client_kwargs={
                    "scope": self._scope,
                    "code_challenge_method": "S256",
                    "token_endpoint_auth_method": "client_secret_basic",
                    "default_timeout": _TIMEOUT_SECONDS,
                },
            )
            client.server_metadata.update(metadata, _loaded_at=self._clock())
            self._client = metadata, client
        return client


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
