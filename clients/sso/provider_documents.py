"""Cached documents of the provider: its metadata (OpenID Connect Discovery 1.0 section 4) and its keys (RFC 7517 section 5).

A document is fetched by one thread at a time. While the provider is away, or slow, the last one goes on serving (RFC 5861 section 4):
a failure is remembered for seconds, in which nobody waits for another.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

import requests

from clients.sso.outcomes import ProviderUnavailableError

_log = logging.getLogger(__name__)

_TIMEOUT = (2, 3)
"""Seconds to connect, and between two pieces of the answer."""
_FIRST_FETCH_SECONDS = 2
"""How long others wait for the one who fetches a document that nobody has yet."""
RETRY_SECONDS = 10
_FIRST_RETRY_SECONDS = 1
"""Between two tries for a document that nobody has yet: when everything starts at once, the provider may be the last."""
_STALE_SECONDS = 24 * 3600
"""An older document is none: a provider that is away for a day has to come back before anything it signed is believed."""


class CachedDocument:
    """A JSON object at an address of the provider's. `fresh_seconds`: how old it may be while the provider answers."""

    def __init__(self, address: Callable[[], str], clock: Callable[[], float], *, fresh_seconds: int) -> None:
        self._address = address
        self._clock = clock
        self._fresh_seconds = fresh_seconds
        self._fetching = threading.Lock()
        self._document: dict[str, Any] | None = None
        self._fetched_at = 0.0
        self._retry_at = 0.0

    def get(self, *, younger_than: int | None = None) -> dict[str, Any]:
        """Return the document, as old as it may be; `younger_than` seconds if a newer one is worth asking for.

        Raises ProviderUnavailableError when there is none, or none that isn't far too old.
        """
        limit = self._fresh_seconds if younger_than is None else younger_than
        if not self._is_younger_than(limit) and self._clock() >= self._retry_at:
            wait = -1 if self._document is None else 0
            if self._fetching.acquire(blocking=wait != 0, timeout=_FIRST_FETCH_SECONDS if wait else -1):
                try:
                    if not self._is_younger_than(limit):
                        self._fetch()
                finally:
                    self._fetching.release()
        if self._document is None or not self._is_younger_than(_STALE_SECONDS):
            raise ProviderUnavailableError("the provider's documents can't be fetched")
        return self._document

    def get_current(self, seconds: int) -> dict[str, Any]:
        """Return the document if it is that young, or has just been fetched; raises ProviderUnavailableError."""
        document = self.get(younger_than=seconds)
        if not self._is_younger_than(seconds):
            raise ProviderUnavailableError("the provider doesn't answer")
        return document

    def _is_younger_than(self, seconds: int) -> bool:
        return self._document is not None and self._clock() - self._fetched_at < seconds

    def _fetch(self) -> None:
        try:
            answer = requests.get(self._address(), timeout=_TIMEOUT)
            answer.raise_for_status()
            document = answer.json()
            if not isinstance(document, dict):
                raise TypeError("not a JSON object")  # noqa: TRY301 - one of many ways to be no document
        except (requests.RequestException, ProviderUnavailableError, ValueError, TypeError, KeyError) as error:
            _log.warning("a document of the provider's can't be fetched: %s", type(error).__name__)
            self._retry_at = self._clock() + (_FIRST_RETRY_SECONDS if self._document is None else RETRY_SECONDS)
        else:
            self._document, self._fetched_at = document, self._clock()
