"""Web server of every program: a port that is really its own, limits, and workers that don't outlive the program.

The web server lets several processes share a port. That is meant for its workers; a second installation, or a worker that a killed
program left behind, would answer every other request in silence.
"""

import ctypes
import errno
import multiprocessing
import signal
import socket
from typing import Any

from config.connections import PLACES
from config.errors import ConfigError

_PR_SET_PDEATHSIG = 1
_LARGEST_HEAD = 64 * 1024
"""Request line and headers together; browsers and proxies end at 8 to 32 KiB."""
_HEAD_SECONDS = 30
"""For a request's head, and between two requests: longer than proxies keep a connection that they don't use."""


def web_server(threads: int) -> dict[str, Any]:
    """Return granian's options that all programs share; `threads` answer (`request_body`), and many more may wait for a body.

    HTTP/1.1 alone: one protocol whose limits are known. A proxy in front speaks HTTP/2 and 3 to browsers.
    """
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - the CLI loads this module too
    from granian.http import HTTP1Settings  # noqa: PLC0415

    return {
        "interface": Interfaces.WSGI,
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(header_read_timeout=_HEAD_SECONDS * 1000, max_buffer_size=_LARGEST_HEAD),
        "websockets": False,
        "blocking_threads": threads + PLACES,
        "backlog": 2048,
        "log_access": False,
        "workers_kill_timeout": 10,
        "respawn_failed_workers": True,
    }


def check_port(host: str, port: int) -> None:
    """Raise ConfigError when somebody listens on this port already, or when it can't be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Connections that were just closed don't matter, only somebody who listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            what = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
            raise ConfigError(f"Port {port} of {host} {what}: stop what listens there, or set another port.") from error


def end_with_parent() -> None:
    """Let this worker end when the program that started it is gone, even killed. Called in the worker; elsewhere it does nothing."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if not parent.is_alive():  # before we could say so
        raise SystemExit(1)
