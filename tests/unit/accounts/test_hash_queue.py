import threading
import time
from contextlib import ExitStack

import pytest

from idp.accounts.hash_queue import KNOWN, QUIET, HashQueue, HashQueueFullError, Lane

GUESSING = 2


class Line:
    """Threads that wait for a slot, in the order in which they came."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.served: list[int] = []
        self.threads: list[threading.Thread] = []

    def add(self, rank: int) -> None:
        waiting = len(self.lane._waiting)

        def run() -> None:
            with self.lane.slot(rank):
                self.served.append(rank)

        thread = threading.Thread(target=run)
        thread.start()
        self.threads.append(thread)
        while len(self.lane._waiting) == waiting:
            time.sleep(0.001)

    def end(self) -> list[int]:
        for thread in self.threads:
            thread.join()
        return self.served


def test_known_browsers_come_first_and_who_was_wrong_most_comes_last() -> None:
    line = Line(Lane(1))
    with line.lane.slot(KNOWN):
        for rank in (GUESSING, 9, QUIET, KNOWN, GUESSING, QUIET):
            line.add(rank)
    assert line.end() == [KNOWN, QUIET, QUIET, GUESSING, GUESSING, 9]


@pytest.mark.parametrize("slots", [1, 2, 4])
def test_guessers_hold_no_slot_that_others_need(slots: int) -> None:
    queue = HashQueue(slots, waiting=2)
    line = Line(queue.back)
    with ExitStack() as held:
        for _ in range(max(1, slots - 1)):
            held.enter_context(queue.back.slot(GUESSING))
        line.add(GUESSING)
        line.add(GUESSING)
        assert queue.is_full(GUESSING)
        with pytest.raises(HashQueueFullError):
            queue.run(lambda: pytest.fail("hashed"), rank=GUESSING)
        # Nobody else is refused, or waits.
        assert not queue.is_full(QUIET)
        assert [queue.run(lambda: "hashed", rank=rank) for rank in (KNOWN, QUIET)] == ["hashed"] * 2
    line.end()
    assert not queue.is_full(GUESSING)


def test_what_the_hash_raises_frees_its_slot() -> None:
    queue = HashQueue(1, waiting=1)

    def fail() -> None:
        raise ValueError("wrong")

    for rank in (KNOWN, QUIET, GUESSING) * 5:
        with pytest.raises(ValueError, match="wrong"):
            queue.run(fail, rank=rank)
    assert queue.run(lambda: "hashed", rank=GUESSING) == "hashed"
