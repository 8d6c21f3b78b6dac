import threading
import time

import pytest

from idp.accounts.hash_queue import KNOWN, QUIET, HashQueue, HashQueueFullError

GUESSING = 2


class Line:
    """Threads that wait for a slot, in the order in which they came."""

    def __init__(self, queue: HashQueue) -> None:
        self.queue = queue
        self.served: list[int] = []
        self.threads: list[threading.Thread] = []

    def add(self, rank: int) -> None:
        waiting = len(self.queue._heap)

        def run() -> None:
            with self.queue.slot(rank):
                self.served.append(rank)

        thread = threading.Thread(target=run)
        thread.start()
        self.threads.append(thread)
        while len(self.queue._heap) == waiting:
            time.sleep(0.001)

    def end(self) -> list[int]:
        for thread in self.threads:
            thread.join()
        return self.served


def test_known_browsers_come_first_and_guessers_last() -> None:
    line = Line(HashQueue(1, waiting=5))
    with line.queue.slot(KNOWN):
        for rank in (GUESSING, 9, QUIET, KNOWN, GUESSING, QUIET):
            line.add(rank)
    assert line.end() == [KNOWN, QUIET, QUIET, GUESSING, GUESSING, 9]


def test_strangers_never_hold_the_last_slot() -> None:
    queue = HashQueue(2, waiting=5)
    line = Line(queue)
    with queue.slot(GUESSING):
        line.add(QUIET)
        with queue.slot(KNOWN):
            assert line.served == []
    assert line.end() == [QUIET]


def test_a_flood_is_refused_at_once_and_quiet_networks_never_are() -> None:
    queue = HashQueue(1, waiting=2)
    line = Line(queue)
    with queue.slot(KNOWN):
        line.add(GUESSING)
        line.add(GUESSING)
        assert queue.is_full(GUESSING)
        with pytest.raises(HashQueueFullError), queue.slot(GUESSING):
            pytest.fail("let in")
        for _ in range(10):
            line.add(QUIET)
            line.add(KNOWN)
    assert len(line.end()) == 22
    assert not queue.is_full(GUESSING)
    with queue.slot(GUESSING):
        pass
