"""Free ports of this machine, for programs that listen.

All lie below those that the system gives to outgoing connections: one that is free stays free until its program starts, and while that
is restarted. Test processes that run side by side have ports of their own.
"""

import os
import random
import socket

_FIRST, _PAST = 10_000, 32_000
_SHARES = 4
"""Of the range: as many processes may run side by side."""
_BASE_PORTS = 40
_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody has, and that nobody else here gets."""
    return _free(1)


def free_port_base() -> int:
    """Return a PORT_BASE all of whose ports, up to +30, are free."""
    return _free(_BASE_PORTS)


def _free(count: int) -> int:
    share = (_PAST - _FIRST) // _SHARES
    first = _FIRST + share * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _SHARES)
    for _ in range(500):
        base = random.randrange(first, first + share - count)
        ports = range(base, base + count)
        if _given.isdisjoint(ports) and all(_is_free(port) for port in ports):
            _given.update(ports)
            return base
    raise RuntimeError(f"no {count} free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
