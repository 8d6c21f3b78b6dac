"""People who send half of what they announce, or nothing, or too much: meanwhile everybody else is answered within a second."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from config import connections
from tests.support.certificates import Certificates
from tests.support.client_certificates import show
from tests.support.programs import Installation, until

MANY = 50
HALF = "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\ngrant_type="


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The provider with its own TLS, and a relying party."""
    folder = tmp_path_factory.mktemp("slow")
    made = Installation(folder / "installation", Certificates(folder))
    try:
        made.serve()
        filing = made.start("clients.filing")
        filing.await_ready(f"https://localhost:{made.base + 4}/health/ready", verify=made.environ["REQUESTS_CA_BUNDLE"])
        yield made
    finally:
        made.stop()


@pytest.fixture
def held() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


def connect(installation: Installation, port: int, held: contextlib.ExitStack) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=installation.environ["REQUESTS_CA_BUNDLE"])
    plain = socket.create_connection(("localhost", port), 10)
    return held.enter_context(context.wrap_socket(plain, server_hostname="localhost"))


def send_halves(installation: Installation, port: int, path: str, held: contextlib.ExitStack) -> list[ssl.SSLSocket]:
    made = [connect(installation, port, held) for _ in range(MANY)]
    for one in made:
        one.sendall(HALF.format(path=path, host=f"localhost:{port}").encode())
    return made


def assert_quick(installation: Installation, port: int, *, rounds: int = 5) -> None:
    base, verify = f"https://localhost:{port}", installation.environ["REQUESTS_CA_BUNDLE"]
    for _ in range(rounds):
        began = time.monotonic()
        assert requests.get(f"{base}/health/live", verify=verify, timeout=20).status_code == 200
        assert time.monotonic() - began < 1
        if port == installation.base:
            began = time.monotonic()
            sent = {"grant_type": "client_credentials"}
            answer = requests.post(f"{base}/token", data=sent, auth=("nobody", "x"), verify=verify, timeout=20)
            assert answer.json()["error"] == "invalid_client"
            assert time.monotonic() - began < 1


def test_half_bodies_keep_nobody_waiting_and_are_ended(installation: Installation, held: contextlib.ExitStack) -> None:
    """At the provider and at a service; also those that send a byte now and then."""
    provider, filing = installation.base, installation.base + 4
    halves = send_halves(installation, provider, "/token", held)
    halves += send_halves(installation, filing, "/backchannel-logout", held)
    began = time.monotonic()
    for port in (provider, filing):
        assert_quick(installation, port)
    slow = halves[:3] + halves[-3:]

    def all_ended() -> bool:
        for one in list(slow):
            try:
                one.sendall(b"x")
            except OSError:
                slow.remove(one)
        return not slow

    until(all_ended, "they are ended", 2 * connections.patience(MANY))
    for one in halves[3:-3]:
        one.settimeout(20)
        with contextlib.suppress(OSError):
            assert b" 408 " in (one.recv(1000) or b" 408 ")
    assert time.monotonic() - began < 2 * connections.patience(MANY)
    for port in (provider, filing):
        assert_quick(installation, port, rounds=1)


@pytest.mark.parametrize("offset", [0, 4, 10])
@pytest.mark.parametrize("sent", [b"", b"GET /health/live HTTP/1.1\r\nHost: loc"])
def test_idle_connections_keep_nobody_waiting(
    installation: Installation, held: contextlib.ExitStack, offset: int, sent: bytes
) -> None:
    port = installation.base + offset
    for _ in range(MANY):
        plain = held.enter_context(socket.create_connection(("localhost", port), 10))
        plain.sendall(sent)
    if offset == 10:
        began = time.monotonic()
        assert show(f"https://localhost:{port}/certificate/nothing").status == 303
        assert time.monotonic() - began < 1
    else:
        assert_quick(installation, port)


def test_giant_parameters_keep_nobody_waiting(installation: Installation) -> None:
    verify = installation.environ["REQUESTS_CA_BUNDLE"]
    stop = threading.Event()

    def flood(number: int) -> None:
        sizes = (("get", 50_000), ("post", 900_000), ("post", 3_000_000))
        while not stop.is_set():
            method, size = sizes[number % 3]
            giant = {"client_id": "x", "state": "s" * size, **{f"p{at}": "y" * 9 for at in range(90)}}
            sent = {"params" if method == "get" else "data": giant}
            with contextlib.suppress(requests.RequestException):
                requests.request(method, f"{installation.issuer}/authorize", verify=verify, timeout=20, **sent)
            stop.wait(1)

    threads = [threading.Thread(target=flood, args=(number,), daemon=True) for number in range(MANY)]
    for one in threads:
        one.start()
    try:
        assert_quick(installation, installation.base)
    finally:
        stop.set()
        for one in threads:
            one.join(30)


def test_who_reads_slowly_holds_no_thread(installation: Installation, held: contextlib.ExitStack) -> None:
    host = urlsplit(installation.issuer).netloc
    for _ in range(MANY):
        one = connect(installation, installation.base, held)
        one.sendall(b"".join([f"GET /static/design/app.css HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()] * 20))
    assert_quick(installation, installation.base)
