"""The provider's own TLS listener for the address that asks browsers for a certificate: a thread in each worker, and a few that answer.

It speaks TLS 1.2 and 1.3 and just enough HTTP/1.1 for `door`: one small request a connection. Any certificate gets through the
handshake, which proves that its key is there; whether it is good is judged afterwards, so that people read on a page of ours what is
wrong with it. Python's `ssl` can't do that; OpenSSL by pyOpenSSL can.

All connections wait in one thread, and only a whole request is given to one that answers: whoever is slow, or says nothing, holds a
socket for a few seconds. When there are too many, the network that has most of them loses its oldest.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from OpenSSL import SSL

from config.parsing import header_text
from idp.accounts.notices import Where
from idp.factors.certificate import tls
from idp.factors.certificate.door import HEADER, Answer, Door
from idp.web import network

if TYPE_CHECKING:
    from collections.abc import Sequence

Step = Callable[["_Connection"], None]
_log = logging.getLogger(__name__)
_HELLO_SECONDS = 5.0
"""From the connection to the first bytes of the handshake."""
_CHOICE_SECONDS = 60.0
"""For the handshake's rest: some browsers hold the connection while a person chooses a certificate."""
_REQUEST_SECONDS = 5.0
_ANSWER_SECONDS = 15.0
"""To find the answer, which may ask an authority about revocation, and to take it."""
_MAX_CONNECTIONS = 512
_MAX_OF_ONE_NETWORK = 20
_ANSWERING = 8
_LARGEST_HEAD = 16 * 1024
_LONGEST_TICK = 0.5
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class _Connection:
    """One connection and how far it is: `step` is what to do when the socket is ready, `until` when its patience ends."""

    __slots__ = ("address", "answer", "began", "head", "network", "step", "tls", "until", "wire")

    def __init__(self, wire: socket.socket, address: str, step: "Step") -> None:
        self.wire = wire
        self.address = address
        self.network = network(address)
        self.began = time.monotonic()
        self.until = self.began + _HELLO_SECONDS
        self.step = step
        self.tls: SSL.Connection | None = None
        self.head = b""
        self.answer = b""


class Listener:
    """Listens from `start` to `stop`. `certificate` and `key` are the server's own, in PEM files; raises OSError, ValueError."""

    def __init__(self, door: Door, host: str, port: int, *, certificate: Path, key: Path) -> None:
        self._door = door
        self._files = (certificate, key)
        self._context: tuple[Sequence[x509.Certificate], SSL.Context] = ((), tls.context((), self._files))
        self._open: dict[_Connection, None] = {}  # the oldest first
        self._answered: deque[tuple[_Connection, bytes]] = deque()
        self._answering = ThreadPoolExecutor(_ANSWERING, thread_name_prefix="certificate")
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._woken.settimeout(0)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # The provider's workers share it.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="certificates", daemon=True)
        try:
            self._socket.bind((host, port))
            self._socket.listen(_MAX_CONNECTIONS)
        except OSError:
            self._close()
            raise
        self._socket.settimeout(0)

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
        self._wake.send(b"\0")
        if self._thread.is_alive():
            self._thread.join(2 * _LONGEST_TICK)
        self._close()

    def _close(self) -> None:
        self._answering.shutdown(wait=False, cancel_futures=True)
        for one in (self._socket, self._wake, self._woken, self._selector):
            one.close()

    def _run(self) -> None:
        self._selector.register(self._socket, _READ)
        self._selector.register(self._woken, _READ)
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - this thread is the last to see it
                _log.exception("the certificates' listener failed")
                self._stopping.wait(0.1)  # out of file descriptors, say
        for one in list(self._open):
            self._end(one)

    def _turn(self) -> None:
        for key, _events in self._selector.select(_LONGEST_TICK):
            if key.fileobj is self._socket:
                self._accept()
            elif key.fileobj is self._woken:
                with contextlib.suppress(BlockingIOError):
                    self._woken.recv(4096)
            else:
                self._go_on(key.data)
        while self._answered:
            one, answer = self._answered.popleft()
            if one in self._open:
                one.answer, one.step = answer, self._send
                self._selector.register(one.wire, _WRITE, one)
                self._go_on(one)
        now = time.monotonic()
        for one in [one for one in self._open if one.until < now]:
            self._end(one)

    def _accept(self) -> None:
        try:
            wire, peer = self._socket.accept()
        except (BlockingIOError, ConnectionError):
            return
        wire.settimeout(0)
        one = _Connection(wire, str(peer[0]), self._greet)
        self._make_room(one.network)
        self._open[one] = None
        self._selector.register(wire, _READ, one)

    def _make_room(self, newcomer: str) -> None:
        """End somebody's oldest connection when there are too many: of the newcomer's network, or of the one that has most."""
        held = Counter(one.network for one in self._open)
        if held[newcomer] >= _MAX_OF_ONE_NETWORK:
            crowd = newcomer
        elif held.total() >= _MAX_CONNECTIONS:
            crowd = held.most_common(1)[0][0]
        else:
            return
        self._end(next(one for one in self._open if one.network == crowd))

    def _go_on(self, one: _Connection) -> None:
        try:
            one.step(one)
        except SSL.WantReadError:
            self._await(one, _READ)
        except SSL.WantWriteError:
            self._await(one, _WRITE)
        except (SSL.Error, OSError):  # the other side has gone, or speaks something else
            self._end(one)
        except Exception:  # noqa: BLE001 - this thread is the last to see it
            # Where a defect ends: the browser gets nothing, the log all but the request.
            _log.exception("the certificates' listener failed")
            self._end(one)

    def _await(self, one: _Connection, event: int) -> None:
        self._selector.modify(one.wire, event, one)

    def _end(self, one: _Connection) -> None:
        if self._open.pop(one, False) is False:
            return
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(one.wire)
        one.wire.close()

    # The steps, in their order. Each raises WantReadError or WantWriteError until the socket has given or taken what it needs.

    def _greet(self, one: _Connection) -> None:
        """Begin the handshake, now that the browser has said something."""
        one.tls = SSL.Connection(self._contexts(), one.wire)
        one.tls.set_accept_state()
        one.until = one.began + _CHOICE_SECONDS
        one.step = self._shake_hands
        self._shake_hands(one)

    def _shake_hands(self, one: _Connection) -> None:
        assert one.tls is not None  # noqa: S101 - made by the step before
        one.tls.do_handshake()
        one.until = time.monotonic() + _REQUEST_SECONDS
        one.step = self._read_head
        self._read_head(one)

    def _read_head(self, one: _Connection) -> None:
        assert one.tls is not None  # noqa: S101
        while b"\r\n\r\n" not in one.head:
            if len(one.head) > _LARGEST_HEAD:
                self._end(one)
                return
            one.head += one.tls.recv(_LARGEST_HEAD)
        one.until = time.monotonic() + _ANSWER_SECONDS
        # Nothing more is read until there is an answer.
        self._selector.unregister(one.wire)
        head, certificate = one.head.partition(b"\r\n\r\n")[0], tls.peer_certificate(one.tls)
        self._answering.submit(self._find_answer, one, head, certificate)

    def _send(self, one: _Connection) -> None:
        assert one.tls is not None  # noqa: S101
        while one.answer:
            one.answer = one.answer[one.tls.send(one.answer) :]
        one.tls.shutdown()
        # Whoever sent more than was read would get a reset in the place of the answer.
        one.wire.shutdown(socket.SHUT_WR)
        one.step = self._drain
        self._await(one, _READ)

    def _drain(self, one: _Connection) -> None:
        try:
            if not one.wire.recv(_LARGEST_HEAD):
                self._end(one)
        except BlockingIOError:
            return

    # In a thread that answers

    def _find_answer(self, one: _Connection, head: bytes, certificate: x509.Certificate | bytes | None) -> None:
        try:
            answer = tls.response(*self._answer(head, certificate, one.address))
        except Exception:  # noqa: BLE001 - nobody looks at what became of this thread's work
            _log.exception("the certificates' listener failed")
            answer = b""
        self._answered.append((one, answer))
        with contextlib.suppress(OSError):  # stopped meanwhile
            self._wake.send(b"\0")

    def _answer(self, head: bytes, certificate: x509.Certificate | bytes | None, address: str) -> Answer:
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _, rest = first.partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1."):
            return HTTPStatus.BAD_REQUEST, ""
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        where = Where(address, header_text(headers.get("user-agent", "")) or None)
        # Here certificates come by TLS: whoever writes one into a header pretends to be a proxy.
        forged = HEADER.lower() in headers
        return self._door.answer(method, target.partition("?")[0], certificate, where, forged=forged)

    def _contexts(self) -> SSL.Context:
        """Return the context that names the authorities which are trusted now, so that browsers offer only their certificates."""
        issuers = self._door.showing.issuers()
        if self._context[0] != issuers:
            self._context = (issuers, tls.context(issuers, self._files))
        return self._context[1]
