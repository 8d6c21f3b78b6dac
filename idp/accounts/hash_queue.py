"""Queue for password hashes: a few run at once, in the order of who is least likely to be guessing.

Without it a flood of wrong passwords would keep everybody else waiting. Rank 0 is a browser that the account knows, rank 1 a network that
hasn't been wrong lately, or hardly; beyond, the rank grows with its wrong passwords. From rank 2 on they have a lane of their own, in
threads of low priority, where only a few may wait: nobody else is refused by anything here, or waits for who guesses.
"""

import heapq
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

KNOWN = 0
QUIET = 1
"""A network that hasn't been wrong lately: nobody's guesses but its own can push it back."""
_NICE = 15

T = TypeVar("T")


class HashQueueFullError(Exception):
    """Too many wait already; nothing was hashed."""


class HashQueue:
    """`slots` hashes at once, fewer of them for rank 2 and above, of which at most `waiting` wait."""

    def __init__(self, slots: int, *, waiting: int) -> None:
        guessing = max(1, slots - 1)
        self.front = Lane(slots)
        self.back = Lane(guessing, most_waiting=waiting)
        self._threads = ThreadPoolExecutor(guessing, "hash", initializer=_lower_priority)

    def is_full(self, rank: int) -> bool:
        """Tell whether an attempt of this rank would be refused now."""
        return rank > QUIET and self.back.full

    def run(self, hash_once: Callable[[], T], *, rank: int) -> T:
        """Return what `hash_once` returns, when it is its turn. Raises HashQueueFullError instead of waiting among too many."""
        if rank <= QUIET:
            with self.front.slot(rank):
                return hash_once()
        with self.back.slot(rank):
            return self._threads.submit(hash_once).result()


class Lane:
    """A semaphore that lets the lowest rank in first; with `most_waiting`, no more than that wait."""

    def __init__(self, slots: int, *, most_waiting: int = sys.maxsize) -> None:
        self._lock = threading.Lock()
        self._free = slots
        self._most_waiting = most_waiting
        self._waiting: list[tuple[int, int, threading.Event]] = []
        self._order = itertools.count()

    @property
    def full(self) -> bool:
        """Whether nobody may wait any more."""
        return len(self._waiting) >= self._most_waiting

    @contextmanager
    def slot(self, rank: int) -> Iterator[None]:
        """Hold a slot for the block. Raises HashQueueFullError when the lane is full."""
        turn = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set()
            elif self.full:
                raise HashQueueFullError
            else:
                heapq.heappush(self._waiting, (rank, next(self._order), turn))
        turn.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    heapq.heappop(self._waiting)[2].set()
                else:
                    self._free += 1


def _lower_priority() -> None:
    """Lower this thread's priority. Linux has one for each thread; elsewhere it would be the whole process's."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
