"""A registered client, as the protocol reads it, and the registry that finds it.

Registration and change are `registration`'s; this module only reads.
"""

import time
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self, cast

import orjson
from joserfc.jwk import KeySet

from idp.db import Database
from idp.oauth import redirect_uris
from idp.oauth.scopes import parse
from keys import hashing
from keys.ring import Algorithm

FRESH_SECONDS = 2.0
"""How long a worker serves a client's registration without looking at the database again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What is registered of a client: RFC 7591's and OpenID Connect Registration's names, with ours behind them."""

    client_name: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    grant_types: tuple[str, ...] = ("authorization_code",)
    scope: str = "openid profile email"
    token_endpoint_auth_method: str = "client_secret_basic"  # noqa: S105  the method's name
    id_token_signed_response_alg: Algorithm = "RS256"  # noqa: S105
    default_max_age: int | None = None
    default_acr_values: tuple[str, ...] = ()
    """What is asked for when a request names no `acr_values`; no request gets by with less than the weakest of them."""
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    first_party: bool = False
    """Run by the same organization: people aren't asked for consent."""
    audiences: tuple[str, ...] = ()
    """APIs (RFC 8707 resources) that its tokens may be for."""
    resource_server: tuple[str, ...] = ()
    """APIs that it is itself: it may introspect their tokens."""
    allowed_methods: tuple[str, ...] = ()
    """Methods of strong authentication that count for it (`ports.STRONG_METHODS`); none: all do."""

    def to_json(self) -> str:
        """Return what is stored, defaults included: a later version's default must not change a client."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what was stored."""
        stored: dict[str, Any] = orjson.loads(text)
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
        return cls(**cast("dict[str, Any]", values))

    @property
    def public(self) -> bool:
        """RFC 6749 section 2.1: it has no way to keep a secret."""
        return self.token_endpoint_auth_method == "none"  # noqa: S105

    @property
    def scope_values(self) -> frozenset[str]:
        """What it may ask for."""
        return frozenset(parse(self.scope) or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(ClientMetadata):
    """A registered client, with the digests of its secrets and when each of them ends."""

    client_id: str
    secret_digests: tuple[tuple[str, int | None], ...] = field(default=(), repr=False)

    def check_secret(self, secret: str, *, now: int) -> bool:
        """Compare with every live secret, in constant time each."""
        digest = hashing.digest(secret)
        # A sum, so that every secret is compared: the time tells nothing.
        live = (known for known, expires in self.secret_digests if expires is None or expires > now)
        return sum(hashing.same(digest, known) for known in live) > 0

    def key_set(self) -> KeySet:
        """Return the keys that its assertions are verified with, from `jwks`."""
        return KeySet.import_key_set(self.jwks or {"keys": []})  # type: ignore[arg-type]

    def get_default_redirect_uri(self) -> str | None:
        """Return what is meant when a request names none: the only one there is."""
        return self.redirect_uris[0] if len(self.redirect_uris) == 1 else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether answers may go there."""
        return redirect_uris.matches(redirect_uri, self.redirect_uris)

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether it may ask for this at the authorization endpoint."""
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether it may get tokens in this way."""
        return grant_type in self.grant_types


_LONGEST_ID = 255


class ClientRegistry:
    """Finds clients. Each is kept for `FRESH_SECONDS`, so a token request costs no statement for it; unknown ones are not kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[float, Client]] = {}

    def find(self, client_id: str) -> Client | None:
        """Return the client, None when it isn't registered or is disabled."""
        # Whatever somebody makes up: PostgreSQL refuses a NUL, and nobody was registered with a line break.
        if len(client_id) > _LONGEST_ID or not client_id.isprintable():
            return None
        kept = self._kept.get(client_id)
        now = time.monotonic()
        if kept is not None and now - kept[0] < FRESH_SECONDS:
            return kept[1]
        client = self._load(client_id)
        if client is None:
            self._kept.pop(client_id, None)
        else:
            self._kept[client_id] = (now, client)
        return client

    def forget(self, client_id: str) -> None:
        """Look again at the next call: its registration has changed."""
        self._kept.pop(client_id, None)

    def _load(self, client_id: str) -> Client | None:
        if "\x00" in client_id:
            return None  # PostgreSQL's text has no NUL
        tx = self._database.read()
        row = tx.one(
            "SELECT client_id, metadata_json FROM client WHERE client_id = :client_id AND disabled_at IS NULL",
            client_id=client_id,
        )
        if row is None:
            return None
        secrets = tx.all(
            "SELECT digest, expires_at FROM client_secret WHERE client_id = :client_id", client_id=client_id
        )
        metadata = ClientMetadata.from_json(row["metadata_json"])
        digests = tuple((one["digest"], one["expires_at"]) for one in secrets)
        return Client(**_fields(metadata), client_id=row["client_id"], secret_digests=digests)


def _fields(metadata: ClientMetadata) -> dict[str, Any]:
    return {one.name: getattr(metadata, one.name) for one in fields(metadata)}
