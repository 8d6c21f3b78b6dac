"""The provider's own TLS listener for the address that asks browsers for a certificate: a thread in each worker.

It speaks TLS 1.2 and 1.3 and just enough HTTP/1.1 for `door`: one small request a connection. Any certificate gets through the
handshake, which proves that its key is there; whether it is good is judged afterwards, so that people read on a page of ours what is
wrong with it. Python's `ssl` can't do that; OpenSSL by pyOpenSSL can.
"""

import contextlib
import logging
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from OpenSSL import SSL

from idp.accounts.notices import Where
from idp.factors.certificate.door import HEADER, Answer, Door

_log = logging.getLogger(__name__)
_HANDSHAKE_SECONDS = 60
"""Some browsers hold the connection while a person chooses a certificate."""
_REQUEST_SECONDS = 15
_MOST = 200
_MOST_OF_ONE = 20
_LARGEST_HEAD = 16 * 1024
_LONGEST_TICK = 1.0
_OPTIONS = SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE


class Listener:
    """Listens from `start` to `stop`. `certificate` and `key` are the server's own, in PEM files; raises OSError, ValueError."""

    def __init__(self, door: Door, host: str, port: int, *, certificate: Path, key: Path) -> None:
        self._door = door
        self._files = (str(certificate), str(key))
        self._context: tuple[Sequence[x509.Certificate], SSL.Context] = ((), self._made(()))
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # The provider's workers share it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen(_MOST)
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(_LONGEST_TICK)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="certificates", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(2 * _LONGEST_TICK)
        self._socket.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                wire, peer = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                if not self._stopping.wait(0.1):  # out of file descriptors, say
                    continue
                return
            address = str(peer[0])
            with self._lock:
                full = self._open.total() >= _MOST or self._open[address] >= _MOST_OF_ONE
                self._open[address] += not full
            if full:
                wire.close()
                continue
            threading.Thread(target=self._handle, args=(wire, address), name="certificate", daemon=True).start()

    def _handle(self, wire: socket.socket, address: str) -> None:
        try:
            with contextlib.suppress(SSL.Error, OSError):  # the other side has gone, or speaks something else
                self._speak(wire, address)
        except Exception:  # noqa: BLE001 - this thread is the last to see it
            # Where a defect ends: the browser gets nothing, the log all but the request.
            _log.exception("the certificates' listener failed")
        finally:
            wire.close()
            with self._lock:
                self._open[address] -= 1
                if not self._open[address]:
                    del self._open[address]

    def _speak(self, wire: socket.socket, address: str) -> None:
        wire.settimeout(None)
        connection = SSL.Connection(self._contexts(), wire)
        connection.set_accept_state()
        with _deadline(wire, _HANDSHAKE_SECONDS):
            connection.do_handshake()
        with _deadline(wire, _REQUEST_SECONDS):
            head = _read_head(connection)
            if head is None:
                return
            status, location = self._answer(head, _shown(connection), address)
            connection.sendall(_written(status, location))
            connection.shutdown()
            # Whoever sent more than was read would get a reset in the place of the answer.
            wire.shutdown(socket.SHUT_WR)
            while wire.recv(_LARGEST_HEAD):
                pass

    def _answer(self, head: bytes, certificate: x509.Certificate | bytes | None, address: str) -> Answer:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1."):
            return HTTPStatus.BAD_REQUEST, ""
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        where = Where(address, headers.get("user-agent"))
        # Here certificates come by TLS: whoever writes one into a header pretends to be a proxy.
        forged = HEADER.lower() in headers
        return self._door.answer(method, target.partition("?")[0], certificate, where, forged=forged)

    def _contexts(self) -> SSL.Context:
        """Return the context that names the authorities which are trusted now, so that browsers offer only their certificates."""
        issuers = self._door.showing.issuers()
        with self._lock:
            if self._context[0] != issuers:
                self._context = (issuers, self._made(issuers))
            return self._context[1]

    def _made(self, issuers: Sequence[x509.Certificate]) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(_OPTIONS)
        # A resumed session would show a certificate without its key.
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        try:
            context.use_certificate_chain_file(self._files[0])
            context.use_privatekey_file(self._files[1])
            context.check_privatekey()
        except SSL.Error as error:
            raise ValueError(
                "TLS_CERT and TLS_KEY can't be used: both are PEM, and the key is the certificate's own."
            ) from error
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        for one in issuers:
            context.add_client_ca(one)
        return context


class _deadline:  # noqa: N801 - a context manager
    """End the connection when the block takes longer: a timeout of the socket would be for each read."""

    def __init__(self, wire: socket.socket, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end, (wire,))
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @staticmethod
    def _end(wire: socket.socket) -> None:
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)


def _read_head(connection: SSL.Connection) -> bytes | None:
    head = b""
    while b"\r\n\r\n" not in head:
        if len(head) > _LARGEST_HEAD:
            return None
        head += connection.recv(_LARGEST_HEAD)
    return head.partition(b"\r\n\r\n")[0]


def _shown(connection: SSL.Connection) -> x509.Certificate | bytes | None:
    """Return the certificate whose key took part in the handshake; bytes when it can't be read."""
    try:
        return connection.get_peer_certificate(as_cryptography=True)
    except ValueError:
        return b"?"


def _written(status: HTTPStatus, location: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Length: 0",
        "Connection: close",
        "Cache-Control: no-store",
    ]
    lines += ["Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff"]
    lines += [f"Location: {location}"] if location else []
    lines += ["Allow: GET"] if status is HTTPStatus.METHOD_NOT_ALLOWED else []
    return "\r\n".join([*lines, "", ""]).encode("ascii")
