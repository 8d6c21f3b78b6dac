"""Free ports of this machine."""

import random
import socket


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def free_port_base() -> int:
    """Return a PORT_BASE all of whose ports, up to +30, are free."""
    for _ in range(200):
        base = random.randrange(20_000, 32_000, 40)
        if all(_is_free(base + offset) for offset in range(31)):
            return base
    raise RuntimeError("no 31 free ports in a row")


def _is_free(port: int) -> bool:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
