"""The time, as everything here takes it: a callable, injected, so that a test can turn it."""

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], int]


def now() -> int:
    """Return whole seconds since the epoch, UTC."""
    return int(time.time())
