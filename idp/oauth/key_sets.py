"""Clients' public keys: inline (`jwks`) or fetched from `jwks_uri`, parsed once and kept for a while."""

import time
from collections.abc import Callable
from typing import Any

import orjson
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from idp.oauth.client import Client

Fetch = Callable[[str], bytes]
"""Gets a document from a stranger's address within bounds (time, size, no private network); raises ValueError."""

_KEEP_SECONDS = 300.0
_RETRY_SECONDS = 10.0


class ClientKeys:
    """Finds the keys that a client's assertion may be verified with; a new key id makes it look again, at most every ten seconds."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._kept: dict[str, tuple[float, KeySet]] = {}

    def of(self, client: Client, compact: str) -> KeySet:
        """Return the client's keys.

        Raises:
            ValueError: it has none, or they can't be had now.
        """
        if not client.jwks_uri:
            return client.key_set()
        now = time.monotonic()
        fetched_at, keys = self._kept.get(client.jwks_uri, (-_KEEP_SECONDS, KeySet([])))
        age = now - fetched_at
        if age >= _KEEP_SECONDS or (age >= _RETRY_SECONDS and not _has_key(keys, compact)):
            keys = self._load(client.jwks_uri)
            self._kept[client.jwks_uri] = (now, keys)
        return keys

    def _load(self, uri: str) -> KeySet:
        return KeySet.import_key_set(orjson.loads(self._fetch(uri)))


def _has_key(keys: KeySet, compact: str) -> bool:

    header: dict[str, Any] = extract_compact(compact.encode()).headers()
    return any(key.kid == header.get("kid") for key in keys.keys)
