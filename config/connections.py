"""Connection deadline: ends TCP connections whose request body doesn't come, so that whoever sends half of one holds no thread for long.

The web server (granian) reads a body in the thread that will answer, without a limit of time, and offers no way to give up. So the
connection itself is ended here: the kernel says of each socket of this process when something last came and went (`TCP_INFO`), and one
with a request that has waited for as long as the reading thread has is the one. Linux only, like the rest of `config.serving`.
"""

import contextlib
import itertools
import os
import socket
import stat
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

PLACES = 256
"""Threads of a worker that may wait for bodies, beside those that answer."""
CALM, CROWDED = 64, 160
_TICK_SECONDS = 0.1
_INFO_BYTES = 136
_AGES = struct.Struct("=I4xI")  # tcpi_last_data_sent, tcpi_last_data_recv: milliseconds
_AGES_AT = 8 + 9 * 4
_RECEIVED = struct.Struct("=Q")
_RECEIVED_AT = 128


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A thread that reads a body: the other end's address, and since when."""

    address: str
    since: float


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """A connection that has sent something and got nothing since; both in seconds ago."""

    socket: socket.socket
    came: float
    went: float


class BodyDeadline:
    """Watches the threads that read bodies, from a thread of its own that sleeps while there are none."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._reading: dict[int, _Waiting] = {}
        self._somebody = threading.Event()
        self._lock = threading.Lock()
        self._started = False

    def begin(self, address: str) -> int:
        """Note that this thread begins to read a body from `address` (REMOTE_ADDR); return what `end` takes."""
        number = next(self._numbers)
        self._reading[number] = _Waiting(address, time.monotonic())
        if not self._somebody.is_set():
            self._start()
            self._somebody.set()
        return number

    def end(self, number: int) -> None:
        """Note that it has read it, or that the connection has gone."""
        self._reading.pop(number, None)

    def _start(self) -> None:
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._watch, name="body-deadline", daemon=True).start()

    def _watch(self) -> None:
        while True:
            if not self._reading:
                self._somebody.clear()
                # Who began between the look and the clearing is seen after the first wait.
                self._somebody.wait(_TICK_SECONDS if self._reading else None)
            time.sleep(_TICK_SECONDS)
            reading = list(self._reading.values())
            oldest = time.monotonic() - patience(len(reading))
            if overdue := [one for one in reading if one.since < oldest]:
                with contextlib.suppress(OSError):  # out of file descriptors: again at the next tick
                    _end(overdue)


def patience(reading: int) -> float:
    """Return how many seconds a body may take while so many are being read: the fewer places are left, the less."""
    if reading <= CALM:
        return 10.0
    return 2.0 if reading <= CROWDED else 0.5


def _end(overdue: list[_Waiting]) -> None:
    """End one connection for each thread that waits for too long: from its address, the one whose last sign fits best."""
    wanted = Counter(one.address for one in overdue)
    now = time.monotonic()
    found: dict[str, list[_Unanswered]] = {address: [] for address in wanted}
    try:
        for address, one in _unanswered():
            if address in found:
                found[address].append(one)
            else:
                one.socket.close()
        for waiting in overdue:
            age = now - waiting.since
            # Nothing was answered since before the thread began to wait.
            fitting = [one for one in found[waiting.address] if one.went > age - _TICK_SECONDS]
            if fitting:
                chosen = min(fitting, key=lambda one: abs(one.came - age))
                found[waiting.address].remove(chosen)
                with contextlib.suppress(OSError):
                    chosen.socket.shutdown(socket.SHUT_RDWR)
                chosen.socket.close()
    finally:
        for left in found.values():
            for one in left:
                one.socket.close()


def _unanswered() -> Iterator[tuple[str, _Unanswered]]:
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names are all that is wanted
        with contextlib.suppress(OSError):
            number = int(name)
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            # A duplicate: whatever happens to the number meanwhile, this is the connection that was looked at.
            copy = socket.socket(fileno=os.dup(number))
            if (known := _looked_at(copy)) is None:
                copy.close()
            else:
                yield known


def _looked_at(copy: socket.socket) -> tuple[str, _Unanswered] | None:
    if copy.family not in {socket.AF_INET, socket.AF_INET6} or copy.type != socket.SOCK_STREAM:
        return None
    try:
        peer = str(copy.getpeername()[0])
        info = copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except OSError:  # it listens, or has gone
        return None
    went, came = _AGES.unpack_from(info, _AGES_AT)
    if _RECEIVED.unpack_from(info, _RECEIVED_AT)[0] == 0 or came > went:
        return None
    return peer, _Unanswered(copy, came / 1000, went / 1000)
