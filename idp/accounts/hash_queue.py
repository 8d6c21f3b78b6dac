"""Queue for password hashes: a few run at once, in the order of who is least likely to be guessing.

Without it a flood of wrong passwords would keep everybody else waiting. Rank 0 is a browser that the account knows; for others the rank is how many attempts from their network haven't been right lately, this
one included. One slot is kept for rank 0 where there are several, and from rank 2 on only a few may wait: a network that has never been
wrong is refused by nothing here.
"""

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN = 0
QUIET = 1
"""The first attempt from a network that has none open: nobody's guesses but their own can push it back."""


class HashQueueFullError(Exception):
    """Too many wait already; nothing was hashed."""


class HashQueue:
    """`slots` hashes at once, and at most `waiting` attempts of rank 2 and above that wait for one."""

    def __init__(self, slots: int, *, waiting: int) -> None:
        self._lock = threading.Lock()
        self._free = slots
        self._reserved = 1 if slots > 1 else 0
        self._most_waiting = waiting
        self._waiting = 0
        self._heap: list[tuple[int, int, threading.Event]] = []
        self._order = itertools.count()

    def is_full(self, rank: int) -> bool:
        """Tell whether an attempt of this rank would be refused now."""
        return rank > QUIET and self._waiting >= self._most_waiting

    @contextmanager
    def slot(self, rank: int) -> Iterator[None]:
        """Hold a slot for the block, after those of lower rank. Raises HashQueueFullError instead of waiting among too many."""
        self._enter(rank)
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._admit()

    def _enter(self, rank: int) -> None:
        turn = threading.Event()
        with self._lock:
            heapq.heappush(self._heap, (rank, next(self._order), turn))
            self._waiting += rank > QUIET
            self._admit()
            if not turn.is_set() and rank > QUIET and self._waiting > self._most_waiting:
                self._heap = [each for each in self._heap if each[2] is not turn]
                heapq.heapify(self._heap)
                self._waiting -= 1
                raise HashQueueFullError
        turn.wait()

    def _admit(self) -> None:
        """Let in who is next, as long as there are slots for their rank."""
        while self._heap and self._free > (0 if self._heap[0][0] == KNOWN else self._reserved):
            rank, _, turn = heapq.heappop(self._heap)
            self._free -= 1
            self._waiting -= rank > QUIET
            turn.set()
