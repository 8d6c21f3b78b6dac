"""One bounded GET: a time for all of it, however slowly it drips, a size, no redirect, no proxy, no cookie. It knows nothing of widgets.

The clock runs from the first packet to the last byte: a watchman cuts the connection when the time is over, which no timeout of a
single read could do.

Where it goes nobody chooses but the operator: an address lies at or below an API of the settings (`apis`), which may well be in a private network.
"""

import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

_PORTS = {"http": 80, "https": 443}
_CHUNK = 16 * 1024


class Answer(NamedTuple):
    """What came back. `challenges` are the values of `WWW-Authenticate`."""

    status: int
    content_type: str
    challenges: tuple[str, ...]
    body: bytes


class SlowError(Exception):
    """The time was over before the last byte was there."""


class TooLargeError(Exception):
    """The body is larger than it may be."""


class UnreachableError(Exception):
    """There is no connection, or no HTTP on it."""


def get(url: str, headers: Mapping[str, str], *, seconds: float, most_bytes: int) -> Answer:
    """Fetch `url` (http or https); raises SlowError, TooLargeError, UnreachableError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    over = threading.Event()
    connection = HTTPConnection(host, port)
    try:
        with _watched(host, port, tls=parts.scheme == "https", seconds=seconds, over=over) as connected:
            connection.sock = connected
            # The address as it was registered: neither a redirect nor an encoding to unpack is expected.
            connection.request("GET", path, headers={"Accept-Encoding": "identity", "Connection": "close", **headers})
            with connection.getresponse() as response:
                body = b""
                while chunk := response.read1(_CHUNK):
                    body += chunk
                    if len(body) > most_bytes:
                        raise TooLargeError
                if over.is_set():
                    # An answer without a length ends where the connection does.
                    raise SlowError
                if response.length:
                    # Cut off in the middle.
                    raise UnreachableError
                challenges = tuple(response.headers.get_all("WWW-Authenticate") or ())
                answer = Answer(response.status, response.headers.get("Content-Type") or "", challenges, body)
    except TimeoutError as error:
        raise SlowError from error
    except (OSError, HTTPException, ValueError) as error:
        raise (SlowError if over.is_set() else UnreachableError) from error
    finally:
        connection.close()
    return answer


@contextmanager
def _watched(host: str, port: int, *, tls: bool, seconds: float, over: threading.Event) -> Iterator[socket.socket]:
    """Connect; when `seconds` have passed, `over` is set and the connection ends, whoever is reading from it."""
    connected: socket.socket = socket.create_connection((host, port), timeout=seconds)
    if tls:
        connected = _trust().wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)

    def cut() -> None:
        over.set()
        with suppress(OSError):
            # Of the socket below TLS: its own way of ending would write, and wait for an answer.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    watchman = threading.Timer(seconds, cut)
    watchman.daemon = True
    watchman.start()
    try:
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        yield connected
    finally:
        watchman.cancel()
        connected.close()


@cache
def _trust() -> ssl.SSLContext:
    """Return whom to trust: the same as the conversation with the provider does."""
    return ssl.create_default_context(cafile=os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH)
