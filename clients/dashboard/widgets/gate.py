"""Keeps a service that hangs from holding up the portal: few calls to it at a time, and none for a while after it didn't answer.

Each worker process counts for itself. Nothing here knows what is called.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clients.dashboard.widgets.contract import TroubleError

AT_ONCE = 4
"""Calls to one API."""
ALTOGETHER = 10
"""Calls to all of them; the dashboard has more threads than that, so that its own pages always have some."""
FAILURES = 2
"""In a row; then the API is left alone."""
REST_SECONDS = 15


class Gate:
    """What all calls pass through. `clock` returns seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._inside: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}

    @contextmanager
    def passing(self, resource: str) -> Iterator[None]:
        """Let a call to the API `resource` through; what it raises as `slow` or `unavailable` counts as not answering.

        Raises TroubleError `unavailable` at once while the API rests, and `busy` when enough others are waiting for it.
        """
        self._enter(resource)
        failed: bool | None = None
        try:
            yield
            failed = False
        except TroubleError as trouble:
            failed = trouble.kind in {"slow", "unavailable"}
            raise
        finally:
            self._leave(resource, failed=failed)

    def _enter(self, resource: str) -> None:
        with self._lock:
            if self._clock() < self._rests_until.get(resource, 0):
                raise TroubleError("unavailable")
            inside = self._inside.get(resource, 0)
            # After a rest one call finds out whether it is worth to let in more.
            most = 1 if self._failures.get(resource, 0) >= FAILURES else AT_ONCE
            if inside >= most or sum(self._inside.values()) >= ALTOGETHER:
                raise TroubleError("busy")
            self._inside[resource] = inside + 1

    def _leave(self, resource: str, *, failed: bool | None) -> None:
        with self._lock:
            self._inside[resource] -= 1
            if not self._inside[resource]:
                del self._inside[resource]
            if failed is None:
                return
            if not failed:
                self._failures.pop(resource, None)
                self._rests_until.pop(resource, None)
                return
            failures = self._failures[resource] = self._failures.get(resource, 0) + 1
            if failures >= FAILURES:
                self._rests_until[resource] = self._clock() + REST_SECONDS
