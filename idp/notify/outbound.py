"""The one HTTP client for addresses that others chose: logout URIs, jwks_uri, request_uri, sector identifiers, push endpoints.

A call has one deadline and a size limit, follows no redirect, and reaches no private network: the name is resolved once, every address
it has is checked, and the connection goes to a checked address, so that a second answer of the DNS can't change where it leads.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, Protocol
from urllib.parse import urlencode, urlsplit

from config.addresses import is_public

_MOST_BYTES = 64 * 1024


class OutboundError(Exception):
    """The call was refused or failed. The text is ours, for the log."""


class OutboundSettings(Protocol):
    """`config.Outbound`."""

    @property
    def allow_private(self) -> bool: ...  # noqa: D102
    @property
    def timeout(self) -> float: ...  # noqa: D102


class Answer(NamedTuple):
    """What came back, whatever its status; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """Calls with the limits of `settings`; holds no state and may be shared between threads."""

    def __init__(self, settings: OutboundSettings) -> None:
        self._private = settings.allow_private
        self._timeout = settings.timeout

    def get(self, url: str, *, accept: str = "application/json", limit: int = _MOST_BYTES) -> Answer:
        """GET `url`; raises OutboundError when it can't be reached, is too slow, or answers more than `limit` bytes."""
        return self._call("GET", url, None, {"Accept": accept}, limit)

    def post_form(self, url: str, fields: Mapping[str, str], *, limit: int = _MOST_BYTES) -> Answer:
        """POST `fields` as a form; raises OutboundError as `get` does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._call("POST", url, urlencode(fields).encode(), headers, limit)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, limit: int = _MOST_BYTES) -> Answer:
        """POST `body` as it is; raises OutboundError as `get` does."""
        return self._call("POST", url, body, dict(headers), limit)

    def _call(self, method: str, url: str, body: bytes | None, headers: dict[str, str], limit: int) -> Answer:
        connection, target = self._prepare(url)
        # A timeout of the socket is for each read; a server that drips would hold us for hours.
        deadline = threading.Timer(self._timeout, connection.abort)
        deadline.daemon = True
        deadline.start()
        try:
            connection.request(method, target, body, {"User-Agent": "ip-account", "Connection": "close", **headers})
            response = connection.getresponse()
            content = response.read(limit + 1)
            if len(content) > limit:
                raise OutboundError(f"the answer is larger than {limit} bytes")
            if connection.aborted:
                raise OutboundError(f"no complete answer within {self._timeout} s")
            return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise OutboundError(f"{method} failed: {type(error).__name__}") from error
        finally:
            deadline.cancel()
            connection.close()

    def _prepare(self, url: str) -> tuple["_Pinned", str]:
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise OutboundError("the address can't be read") from error
        # Without TLS only where private networks are allowed, that is, where someone knows the wire.
        if parts.scheme != "https" and not (parts.scheme == "http" and self._private):
            raise OutboundError("only https is called")
        if not parts.hostname or parts.username is not None:
            raise OutboundError("the address has no host, or a user in it")
        address = self._resolve(parts.hostname, port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Pinned(parts.hostname, port, address, self._timeout, tls=parts.scheme == "https"), target

    def _resolve(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutboundError("the host's name is unknown") from error
        addresses = [str(entry[4][0]) for entry in found]
        # One private address among public ones is a trap as well.
        if not self._private and not all(map(is_public, addresses)):
            raise OutboundError("the host is in a private network")
        return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to one checked address that speaks, and checks the certificate, for the host's name."""

    def __init__(self, host: str, port: int, address: str, timeout: float, *, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.default_port = 443 if tls else 80
        self.aborted = False
        self._address = address
        self._tls = tls
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self._wire = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            # The handshake comes second, so that `abort` can reach the socket while it lasts.
            wrapped = _trusted().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._wire = wrapped
            wrapped.do_handshake()
        if self.aborted:
            raise TimeoutError

    def abort(self) -> None:
        """Wake whoever reads (called by the deadline, from its own thread).

        `sock` is no help: http.client forgets it as soon as it has the answer's headers.
        """
        self.aborted = True
        if (wire := self._wire) is not None:
            try:
                wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
