"""The listener's own limits; what it does with certificates is seen in tests/protocol."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from idp.factors.certificate import listener as module
from idp.factors.certificate.listener import Listener
from keys import local_tls
from tests.support.client_certificates import CertificateOffice, show
from tests.support.clock import TurnedClock


class Door:
    def __init__(self) -> None:
        self.showing = self
        self.trusted: tuple[Any, ...] = ()
        self.asked: list[Any] = []

    def issuers(self) -> tuple[Any, ...]:
        return self.trusted

    def answer(self, method: str, path: str, certificate: Any, where: Any, *, forged: bool) -> tuple[HTTPStatus, str]:
        self.asked.append((method, path, certificate, where.ip, where.user_agent, forged))
        if path == "/broken":
            raise RuntimeError(path)
        return HTTPStatus.SEE_OTHER, "https://login.example/"


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def listener(door: Door, tmp_path: Path, clock: TurnedClock) -> Iterator[Listener]:
    certificate, key = local_tls.ensure(tmp_path, now=clock())
    made = Listener(door, "127.0.0.1", 0, certificate=certificate, key=key)  # type: ignore[arg-type]
    made.start()
    yield made
    made.stop()


def url(listener: Listener, path: str = "/") -> str:
    return f"https://127.0.0.1:{listener.port}{path}"


def test_without_and_with(listener: Listener, door: Door, tmp_path: Path, clock: TurnedClock) -> None:
    assert show(url(listener, "/x?y"), headers="User-Agent: me\r\n").status == 303
    with CertificateOffice(tmp_path / "office", clock) as office:
        held = office.issue("https://login.example", "a")
        door.trusted = (office.authority.issuing,)
    show(url(listener, "/x"), held)
    assert door.asked == [
        ("GET", "/x", None, "127.0.0.1", "me", False),
        ("GET", "/x", held.certificate, "127.0.0.1", None, False),
    ]


def test_names_of_authorities(listener: Listener, door: Door, tmp_path: Path, clock: TurnedClock) -> None:
    """So that browsers offer only certificates that have a chance."""
    from OpenSSL import SSL

    with CertificateOffice(tmp_path / "office", clock) as office:
        door.trusted = (office.authority.issuing,)
    with socket.create_connection(("127.0.0.1", listener.port), 5) as wire:
        wire.settimeout(None)
        connection = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), wire)
        connection.set_connect_state()
        connection.do_handshake()
        names = connection.get_client_ca_list()
        assert [name.CN for name in names] == ["Customer CA Issuing 1"]


def test_nothing_old_and_nothing_plain(listener: Listener, door: Door) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", listener.port), 5) as plain,
        context.wrap_socket(plain) as wire,
    ):
        assert wire.version() == "TLSv1.2"
    with socket.create_connection(("127.0.0.1", listener.port), 5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP" not in plain.recv(100)
    assert door.asked == []


def test_a_defect_ends_one_connection(listener: Listener) -> None:
    with pytest.raises((IndexError, OSError)):
        show(url(listener, "/broken"))
    assert show(url(listener)).status == 303


def test_who_says_nothing_is_ended(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HELLO_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", listener.port), 5) as idle:
        assert idle.recv(1) == b"", "it is ended"
    assert show(url(listener)).status == 303


@pytest.mark.parametrize("begun", [False, True])
def test_two_hundred_idle_connections_from_one_network_keep_nobody_out(listener: Listener, begun: bool) -> None:
    """Whether or not they begin a handshake: the oldest make room, and none has a thread."""
    from OpenSSL import SSL

    before = threading.active_count()
    with contextlib.ExitStack() as held:
        idle = [held.enter_context(socket.create_connection(("127.0.0.1", listener.port), 5)) for _ in range(200)]
        for one in idle if begun else ():
            hello = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD))
            hello.set_connect_state()
            with contextlib.suppress(SSL.WantReadError):
                hello.do_handshake()
            with contextlib.suppress(OSError):  # made room already
                one.sendall(hello.bio_read(4096))
        began = time.monotonic()
        assert show(url(listener)).status == 303
        assert time.monotonic() - began < 1
        assert len(listener._open) <= module._MAX_OF_ONE_NETWORK
        assert threading.active_count() <= before + module._ANSWERING
        with contextlib.suppress(ConnectionError):
            idle[0].settimeout(5)
            while idle[0].recv(4096):
                pass


def test_too_large(listener: Listener, door: Door) -> None:
    with pytest.raises((IndexError, OSError)):
        show(url(listener), headers=f"X: {'x' * 70_000}\r\n")
    assert door.asked == []


def test_a_key_of_another_certificate(tmp_path: Path, clock: TurnedClock) -> None:
    certificate, _ = local_tls.ensure(tmp_path / "one", now=clock())
    _, key = local_tls.ensure(tmp_path / "two", now=clock())
    with pytest.raises(ValueError, match="the key is the certificate's own"):
        Listener(Door(), "127.0.0.1", 0, certificate=certificate, key=key)  # type: ignore[arg-type]
