"""The provider's relay as the dashboard calls it: what is sent, and what each of its answers means."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clients.dashboard.messages.models import Message
from clients.dashboard.messages.notices import Claimed
from clients.dashboard.messages.relay import LaterError, Relay
from clients.sso.outcomes import ProviderUnavailableError, Tokens
from config.settings import RelyingPartySettings


class Provider:
    """Its token endpoint, without the network."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.away = False

    def own_token(self, *, resource: str, scope: str) -> Tokens:
        if self.away:
            raise ProviderUnavailableError("away")
        self.asked.append((resource, scope))
        return Tokens(f"token-{len(self.asked)}", 300, "", "")


class Api:
    """Its relay, on loopback: answers in turn with `answers`, and in the end with 202."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any], dict[str, str]]] = []
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                api.calls.append((self.path, self.headers["Authorization"], body))
                status, content, headers = api.answers.pop(0) if api.answers else (202, {"status": "accepted"}, {})
                data = json.dumps(content).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://localhost:{self.server.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def talking() -> Provider:
    return Provider()


@pytest.fixture
def relay(api: Api, talking: Provider, settings: RelyingPartySettings, clock: Any) -> Relay:
    return Relay(talking, settings.model_copy(update={"issuer": api.issuer}), clock)  # type: ignore[arg-type]


def notice(number: int, *, email: bool = True, push: bool = False, **changes: Any) -> tuple[Claimed, Message]:
    message_id = f"m{number}"
    message = {"id": message_id, "sub": "alice-1", "service": "fees", "subject": "Due", "security": False} | changes
    return Claimed(message_id, email, push, 1), Message(**message)


def test_what_is_sent(api: Api, relay: Relay, talking: Provider) -> None:
    sent = [notice(1, email=True, push=True), notice(2, email=False, push=True, security=True, service="other")]
    assert relay.send(sent) == set()
    ((path, authorization, body),) = api.calls
    assert (path, authorization) == ("/api/notices", "Bearer token-1")
    base = "http://localhost:8001/messages"
    common = {"sub": "alice-1", "subject": "Due"}
    first = {"id": "m1", "service": "fees", "link": f"{base}/m1", "channels": ["email", "push"]}
    second = {"id": "m2", "service": "other", "link": f"{base}/m2", "channels": ["push"]}
    assert body == {
        "notices": [common | first | {"category": "message"}, common | second | {"category": "security"}],
        "inbox": base,
        "settings": f"{base}/services",
    }
    assert talking.asked == [(api.issuer, "notices:write notices:relay")]


def test_a_token_is_used_while_it_is_good(api: Api, relay: Relay, talking: Provider, clock: Any) -> None:
    relay.send([notice(1)]), relay.send([notice(2)])
    assert len(talking.asked) == 1
    clock.offset += 271
    relay.send([notice(3)])
    assert len(talking.asked) == 2
    api.answers = [(401, {"error": "invalid_token"}, {})]
    with pytest.raises(LaterError):
        relay.send([notice(4)])
    relay.send([notice(4)])
    assert [authorization for _, authorization, _ in api.calls][-2:] == ["Bearer token-2", "Bearer token-3"]


def test_what_it_refuses_holds_up_nothing_else(api: Api, relay: Relay) -> None:
    api.answers = [(422, {"errors": {"notices.1.subject": "x", "notices.1.link": "x"}}, {})]
    assert relay.send([notice(1), notice(2), notice(3)]) == {"m2"}
    assert [one["id"] for one in api.calls[1][2]["notices"]] == ["m1", "m3"]
    api.answers = [(422, {"errors": {"notices.0.sub": "x"}}, {})]
    assert relay.send([notice(1)]) == {"m1"}
    assert len(api.calls) == 3


@pytest.mark.parametrize("status", [302, 400, 403, 404, 422, 500, 503])
def test_whatever_else_it_says_is_tried_again(api: Api, relay: Relay, status: int) -> None:
    api.answers = [(status, {"error": "x"}, {"Location": "https://evil.example/"})]
    with pytest.raises(LaterError, match=str(status)):
        relay.send([notice(1)])
    assert len(api.calls) == 1


def test_it_says_when(api: Api, relay: Relay) -> None:
    api.answers = [(429, {"error": "too_many"}, {"Retry-After": "60"})]
    with pytest.raises(LaterError) as caught:
        relay.send([notice(1)])
    assert caught.value.seconds == 60


def test_a_provider_that_is_away(api: Api, relay: Relay, talking: Provider) -> None:
    talking.away = True
    with pytest.raises(LaterError):
        relay.send([notice(1)])
    talking.away = False
    api.server.shutdown()
    api.server.server_close()
    with pytest.raises(LaterError):
        relay.send([notice(1)])
