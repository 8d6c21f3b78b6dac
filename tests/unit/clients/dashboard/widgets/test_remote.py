"""Cards of other services, from a service on loopback that does everything wrong that can be done wrong."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from clients.dashboard.widgets import outbound
from clients.dashboard.widgets.contract import Card, Manifest, TroubleError, Viewer
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.remote import LARGEST, Remote
from clients.sso.outcomes import NoTokenError, ProviderUnavailableError, RefusedError

SECONDS = 0.3
CARD = {"note": "2", "blocks": [{"type": "text", "text": "Hello <b>"}]}
Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """Answers with what `answers` say, one after the other, the last one for ever; `seen` are paths and headers."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.seen.append((self.path, dict(self.headers)))
                answer = double.answers.pop(0) if len(double.answers) > 1 else double.answers[0]
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}/api"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def says(body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> Answer:
    def run(call: BaseHTTPRequestHandler) -> None:
        call.send_response(status)
        sent = {"Content-Type": "application/json", "Content-Length": str(len(body) if length is None else length)}
        for name, value in (sent | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            call.send_header(name, value)
        call.end_headers()
        call.wfile.write(body)

    return run


def drips(head: bytes) -> Answer:
    def run(call: BaseHTTPRequestHandler) -> None:
        call.wfile.write(head)
        for _ in range(100):
            call.wfile.write(b"x")
            call.wfile.flush()
            time.sleep(SECONDS / 10)

    return run


def hangs(call: BaseHTTPRequestHandler) -> None:
    # Until the other side has had enough.
    call.connection.settimeout(5)
    call.rfile.read(1)


def source(service: Service, **more: Any) -> Remote:
    texts = {"en": "Fees"}
    manifest = Manifest(
        id="fees", title=texts, description=texts, subject="law",
        resource=service.base, scopes=("fees:read",), data_url=f"{service.base}/widgets/fees",
    )  # fmt: skip
    chosen = {"token": lambda *_, **more: f"token{more.get('refused', '')}", "let_go": lambda: None, "seconds": SECONDS}
    return Remote(manifest, more.pop("gate", Gate()), **(chosen | more))


def card(service: Service, chosen: dict[str, str] | None = None, **more: Any) -> Card:
    return source(service, **more).card(Viewer("alice", "zh_Hans"), chosen or {})


def trouble(service: Service, *answers: Answer, **more: Any) -> TroubleError:
    service.answers = list(answers) or service.answers
    began = time.monotonic()
    with pytest.raises(TroubleError) as caught:
        card(service, **more)
    assert time.monotonic() - began < SECONDS * 4
    return caught.value


def test_a_card_and_how_it_was_asked_for(service: Service) -> None:
    service.answers = [says(json.dumps(CARD).encode())]
    found = card(service, {"month": "3", "q": "a&b c"})
    assert found.model_dump(exclude_defaults=True)["note"] == "2"
    path, headers = service.seen[0]
    assert urlsplit(path).path == "/api/widgets/fees"
    assert parse_qs(urlsplit(path).query) == {"month": ["3"], "q": ["a&b c"]}
    assert headers["Authorization"] == "Bearer token"
    assert headers["Accept-Language"] == "zh-Hans"
    assert headers["Accept"] == "application/json"
    assert "Cookie" not in headers


OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def chart(value: str) -> bytes:
    """Return a card whose chart has this number."""
    return (
        b'{"blocks":[{"type":"chart","title":"x","labels":["a"],"series":[{"name":"n","values":[%s]}]}]}'
        % value.encode()
    )


@pytest.mark.parametrize(
    "answer",
    [hangs, drips(b""), drips(b"HTTP/1.1 200 OK\r\nX-Long: "), drips(OK_HEAD + b"\r\n"), drips(OK_HEAD + b"Content-Length: 99\r\n\r\n")],
)  # fmt: skip
def test_slow_in_every_way(service: Service, answer: Answer) -> None:
    assert trouble(service, answer).kind == "slow"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(b"x" * (LARGEST + 1)), "wrong"),
        (says(b'{"blocks":[]}' + b" " * LARGEST), "wrong"),
        (says(status=302, Location="http://127.0.0.1:9/"), "wrong"),
        (says(b"<html>", Content_Type="text/html"), "wrong"),
        (says(json.dumps(CARD).encode(), Content_Type="text/plain"), "wrong"),
        (says(b"\x00\xff garbage"), "wrong"),
        (says(b'{"blocks": [{"type": "html", "text": "<script>"}]}'), "wrong"),
        (says(b'{"blocks": [], "more": 1}'), "wrong"),
        (says(b'{"note": 1}'), "wrong"),
        (says(b'{"actions": [{"label": "a", "url": "javascript:alert(1)"}]}'), "wrong"),
        (says(b"[" * 100_000), "wrong"),
        (says(chart("NaN")), "wrong"),
        (says(chart("-Infinity")), "wrong"),
        (says(chart("1e999")), "wrong"),
        (says(chart("1") + b"}"), "wrong"),
        (says(status=404), "wrong"),
        (says(status=403), "wrong"),
        (says(status=500), "unavailable"),
        (says(status=503), "unavailable"),
        (says(status=429), "busy"),
        (says(b"{", length=100), "unavailable"),
        (lambda call: call.wfile.write(b"SSH-2.0-x\r\n"), "unavailable"),
        (lambda call: call.connection.close(), "unavailable"),
        (says(status=401), "sign-in"),
    ],
)  # fmt: skip
def test_what_is_no_card(service: Service, answer: Answer, kind: str) -> None:
    assert trouble(service, answer).kind == kind


def test_nobody_there(service: Service) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        service.base = f"http://127.0.0.1:{gone.server_port}/api"
    service.answers = [says()]
    assert trouble(service).kind == "unavailable"


def test_a_stronger_sign_in(service: Service) -> None:
    challenge = 'Basic realm="x", Bearer error="insufficient_user_authentication", acr_values="aal2", max_age=300'
    found = trouble(service, says(status=401, WWW_Authenticate=challenge))
    assert (found.kind, found.acr, found.max_age) == ("stronger", "aal2", 300)


def test_a_fresh_token_once(service: Service) -> None:
    invalid = says(status=401, WWW_Authenticate='Bearer error="invalid_token"')
    service.answers = [invalid, says(json.dumps(CARD).encode())]
    assert card(service).note == "2"
    assert [headers["Authorization"] for _, headers in service.seen] == ["Bearer token", "Bearer tokentoken"]
    assert trouble(service, invalid).kind == "sign-in"
    assert len(service.seen) == 4


@pytest.mark.parametrize(
    ("error", "kind"),
    [(NoTokenError(), "sign-in"), (ProviderUnavailableError(), "unavailable"), (RefusedError("x"), "wrong")],
)
def test_no_token(service: Service, error: Exception, kind: str) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise error

    assert trouble(service, says(), token=refuse).kind == kind
    assert service.seen == []


def test_a_hanging_service_is_left_alone(service: Service) -> None:
    gate = Gate()
    for _ in range(2):
        assert trouble(service, hangs, gate=gate).kind == "slow"
    began = time.monotonic()
    assert trouble(service, gate=gate).kind == "unavailable"
    assert time.monotonic() - began < SECONDS / 2
    assert len(service.seen) == 2


def test_many_at_once_are_answered_at_once(service: Service) -> None:
    service.answers = [hangs]
    gate, kinds = Gate(), []

    def ask() -> None:
        try:
            card(service, gate=gate)
        except TroubleError as error:
            kinds.append((error.kind, time.monotonic() - began))

    began = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kind for kind, _ in kinds) == ["busy"] * 8 + ["slow"] * 4
    assert all(seconds < SECONDS for kind, seconds in kinds if kind == "busy")


def test_tls_is_checked(service: Service) -> None:
    service.answers = [says()]
    with pytest.raises(outbound.UnreachableError):
        outbound.get(service.base.replace("http:", "https:"), {}, seconds=1, most_bytes=10)
