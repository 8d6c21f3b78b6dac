"""Registering clients: by the administrator (`idp clients add`) and from settings at start. The same rules for both."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from config.parsing import one_line
from idp.audit import record
from idp.clock import Clock
from idp.db import Database, Tx
from idp.ids import new_id
from idp.oauth import scopes
from idp.oauth.client import ClientMetadata, ClientRegistry
from idp.oauth.client_auth import METHODS
from idp.oauth.ports import ACR_VALUES, STRONG_METHODS
from idp.oauth.redirect_uris import RedirectURIError, check_registrable
from keys import hashing

GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")
MAX_SECRETS = 2
_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


class RegistrationError(ValueError):
    """The metadata can't be registered; the message says what to change."""


class Registration:
    """Adds, lists, changes and removes clients."""

    def __init__(self, database: Database, clients: ClientRegistry, clock: Clock) -> None:
        self._database = database
        self._clients = clients
        self._clock = clock

    def add(self, new: ClientMetadata, *, actor: str, client_id: str = "") -> tuple[str, str | None]:
        """Register; return the client id and, this once, its secret (None for a client that has none).

        Raises:
            RegistrationError: what to change.
        """
        check(new)
        client_id = client_id or new_id()
        secret = hashing.new_secret("cs_") if new.token_endpoint_auth_method.startswith("client_secret") else None
        with self._database.write() as tx:
            if tx.one("SELECT client_id FROM client WHERE client_id = :client_id", client_id=client_id):
                raise RegistrationError(f"The client {client_id} is registered already.")
            self._put(tx, client_id, new, source="cli")
            if secret:
                self._add_secret(tx, client_id, secret)
            record(tx, "client.registered", at=self._clock(), client_id=client_id, actor=actor)
        return client_id, secret

    def configure(self, client_id: str, new: ClientMetadata, *, secret: str | None) -> None:
        """Register a client of the settings, or bring it to what they say; nothing is written when nothing differs."""
        check(new)
        tx = self._database.read()
        row = tx.one("SELECT metadata_json FROM client WHERE client_id = :id AND disabled_at IS NULL", id=client_id)
        digests = [
            one["digest"] for one in tx.all("SELECT digest FROM client_secret WHERE client_id = :id", id=client_id)
        ]
        wanted = [hashing.digest(secret)] if secret else []
        if row is not None and (row["metadata_json"], digests) == (new.to_json(), wanted):
            return
        with self._database.write() as tx:
            self._put(tx, client_id, new, source="settings")
            tx.run("DELETE FROM client_secret WHERE client_id = :id", id=client_id)
            if secret:
                self._add_secret(tx, client_id, secret)
            record(tx, "client.configured", at=self._clock(), client_id=client_id, actor="settings")
        self._clients.forget(client_id)

    def list(self) -> list[dict[str, Any]]:
        """Return every client with its metadata, and how many secrets it has."""
        rows = self._database.read().all(
            "SELECT c.client_id, c.metadata_json, c.source, c.created_at, c.disabled_at,"
            " (SELECT COUNT(*) FROM client_secret s WHERE s.client_id = c.client_id) AS secrets FROM client c ORDER BY c.created_at"
        )
        return [
            {
                "client_id": row["client_id"],
                **orjson.loads(row["metadata_json"]),
                "source": row["source"],
                "created_at": row["created_at"],
                "disabled": row["disabled_at"] is not None,
                "secrets": row["secrets"],
            }
            for row in rows
        ]

    def new_secret(self, client_id: str, *, overlap: int, actor: str) -> str:
        """Give the client a new secret, shown once; the one before stays valid for `overlap` seconds."""
        secret = hashing.new_secret("cs_")
        now = self._clock()
        with self._database.write() as tx:
            self._require(tx, client_id)
            rows = tx.all(
                "SELECT id FROM client_secret WHERE client_id = :id ORDER BY created_at DESC, id DESC", id=client_id
            )
            for row in rows[MAX_SECRETS - 1 :]:
                tx.run("DELETE FROM client_secret WHERE id = :id", id=row["id"])
            tx.run("UPDATE client_secret SET expires_at = :at WHERE client_id = :id", id=client_id, at=now + overlap)
            self._add_secret(tx, client_id, secret)
            record(tx, "client.secret_added", at=now, client_id=client_id, actor=actor)
        self._clients.forget(client_id)
        return secret

    def remove(self, client_id: str, *, actor: str) -> None:
        """Disable the client and end every token that it has."""
        now = self._clock()
        with self._database.write() as tx:
            self._require(tx, client_id)
            tx.run("UPDATE client SET disabled_at = :now WHERE client_id = :id", id=client_id, now=now)
            tx.run(
                "UPDATE token_family SET revoked_at = :now, revoked_reason = 'client_removed' WHERE client_id = :id AND revoked_at IS NULL",
                id=client_id,
                now=now,
            )
            record(tx, "client.removed", at=now, client_id=client_id, actor=actor)
        self._clients.forget(client_id)

    def _require(self, tx: Tx, client_id: str) -> None:
        if tx.one("SELECT client_id FROM client WHERE client_id = :id AND disabled_at IS NULL", id=client_id) is None:
            raise RegistrationError(f"There is no client {client_id}.")

    def _put(self, tx: Tx, client_id: str, new: ClientMetadata, *, source: str) -> None:
        tx.run(
            "INSERT INTO client (client_id, metadata_json, source, created_at, updated_at)"
            " VALUES (:client_id, :metadata, :source, :now, :now) ON CONFLICT (client_id) DO UPDATE SET"
            " metadata_json = excluded.metadata_json, source = excluded.source,"
            " updated_at = excluded.updated_at, disabled_at = NULL",
            client_id=client_id,
            metadata=new.to_json(),
            source=source,
            now=self._clock(),
        )

    def _add_secret(self, tx: Tx, client_id: str, secret: str) -> None:
        tx.run(
            "INSERT INTO client_secret (id, client_id, digest, created_at) VALUES (:id, :client_id, :digest, :now)",
            id=new_id(),
            client_id=client_id,
            digest=hashing.digest(secret),
            now=self._clock(),
        )


def check(new: ClientMetadata) -> None:  # noqa: C901, PLR0912  a list of rules, one after the other
    """Refuse metadata that is unsafe or doesn't fit together.

    Raises:
        RegistrationError: what to change.
    """
    public = new.token_endpoint_auth_method == "none"  # noqa: S105
    if not one_line(new.client_name):
        raise RegistrationError("Give the client a name: people see it when they sign in.")
    if new.token_endpoint_auth_method not in METHODS:
        raise RegistrationError(f"The authentication method is one of {', '.join(METHODS)}.")
    if unknown := set(new.grant_types) - set(GRANT_TYPES):
        raise RegistrationError(
            f"Not supported as a grant: {', '.join(sorted(unknown))}. Use {', '.join(GRANT_TYPES)}."
        )
    if public and "client_credentials" in new.grant_types:
        raise RegistrationError("A public client has no credentials: leave out client_credentials.")
    if ("authorization_code" in new.grant_types) != bool(new.redirect_uris):
        raise RegistrationError("The authorization_code grant and a redirect URI go together: give both or neither.")
    if new.token_endpoint_auth_method == "private_key_jwt" and bool(new.jwks) == bool(new.jwks_uri):  # noqa: S105
        raise RegistrationError("private_key_jwt needs the client's public keys: jwks or jwks_uri, one of them.")
    if new.id_token_signed_response_alg not in {"RS256", "ES256"}:
        raise RegistrationError("ID tokens are signed with RS256 or ES256.")
    for values, known, what in (
        (new.default_acr_values, ACR_VALUES, "default_acr_values"),
        (new.allowed_methods, STRONG_METHODS, "allowed_methods"),
    ):
        if not set(values) <= set(known):
            raise RegistrationError(f"{what}: use {', '.join(known)}.")
    if not scopes.parse(new.scope):
        raise RegistrationError("The scope is a list of values with single spaces between them.")
    try:
        for uri in (*new.redirect_uris, *new.post_logout_redirect_uris):
            check_registrable(uri, public=public)
    except RedirectURIError as error:
        raise RegistrationError(f"{uri}: {error}") from error
    for uri in filter(None, (new.backchannel_logout_uri, new.jwks_uri, new.client_uri, new.logo_uri)):
        parts = urlsplit(uri)
        if parts.fragment or not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS)
        ):
            raise RegistrationError(f"{uri}: use an https address without a fragment.")
