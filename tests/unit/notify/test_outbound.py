import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from config.settings import Outbound as OutboundSettings
from idp.notify.outbound import Outbound, OutboundError


class Server(BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str, bytes]]] = []

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.path, body))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * 200_000)
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"ok": true}')

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server looks for

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def outbound() -> Outbound:
    return Outbound(OutboundSettings(allow_private=True, timeout=1))


@pytest.fixture
def careful() -> Outbound:
    return Outbound(OutboundSettings(timeout=1))


def test_a_form_is_posted(outbound: Outbound, server: str) -> None:
    answer = outbound.post_form(f"{server}/logout?a=b", {"logout_token": "a&b"})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.body == b'{"ok": true}'
    assert Server.seen[-1] == ("POST", "/logout?a=b", b"logout_token=a%26b")


def test_no_redirect_is_followed(outbound: Outbound, server: str) -> None:
    count = len(Server.seen)
    assert outbound.get(f"{server}/redirect").status == 302
    assert len(Server.seen) == count + 1


def test_a_huge_answer_is_cut_off(outbound: Outbound, server: str) -> None:
    with pytest.raises(OutboundError, match="larger"):
        outbound.get(f"{server}/huge")


def test_a_dripping_server_meets_the_deadline(outbound: Outbound, server: str) -> None:
    began = time.monotonic()
    with pytest.raises(OutboundError):
        outbound.get(f"{server}/drip")
    assert time.monotonic() - began < 2


def test_a_server_that_is_away(outbound: Outbound) -> None:
    with pytest.raises(OutboundError, match="ConnectionRefusedError"):
        outbound.get("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "[::1]",
        "[fd00::1]",
        "[fe80::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "2130706433",
        "0x7f.1",
    ],
)
def test_private_networks_are_out_of_reach(careful: Outbound, host: str) -> None:
    with pytest.raises(OutboundError, match="private"):
        careful.get(f"https://{host}/")


def test_one_private_address_among_public_ones_is_enough(careful: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers)
    with pytest.raises(OutboundError, match="private"):
        careful.get("https://rebinding.example/")


def test_the_name_is_resolved_once_and_the_address_pinned(careful: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[str] = []

    def resolve(host: str, *_a: object, **_k: object) -> list[tuple[object, ...]]:
        asked.append(host)
        # The second answer would lead home.
        return [(2, 1, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", 443))]

    def connect(address: tuple[str, int], *_a: object) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutboundError):
        careful.get("https://rebinding.example/")
    assert asked == ["rebinding.example"]
    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///path",
        "https://a@b.example/",
        "https://h:port/",
    ],
)
def test_only_https_addresses_are_called(careful: Outbound, url: str) -> None:
    with pytest.raises(OutboundError):
        careful.get(url)


def test_bytes_are_posted_as_they_are(server: str) -> None:
    answer = Outbound(OutboundSettings(allow_private=True)).post(f"{server}/push", b"\x00\xff", {"TTL": "60"})
    assert answer.status == 200
    assert Server.seen[-1] == ("POST", "/push", b"\x00\xff")
