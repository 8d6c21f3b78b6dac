"""Posting: what a token has to be, what a message may be, and what a service is told when it isn't."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db

Send = Callable[..., TestResponse]
GOOD = {"sub": "alice-1", "subject": "Fees", "body": "Pay."}


def stored(client: FlaskClient) -> list[Any]:
    with client.application.app_context():
        return [tuple(row) for row in db.session.execute(db.text("SELECT sub, service, subject FROM message"))]


def challenge(response: TestResponse) -> dict[str, str]:
    scheme, _, rest = response.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def test_posts_one_and_many(client: FlaskClient, send: Send) -> None:
    one = send(link="https://example.org/x", importance="high", expires_at="2199-01-01T00:00:00Z")
    assert (one.status_code, list(one.json)) == (201, ["id"])
    many = send("fees", content={"messages": [GOOD, GOOD | {"sub": "bob-2"}]})
    assert many.status_code == 201
    assert len({made["id"] for made in many.json["messages"]}) == 2
    subjects = [("alice-1", "notices", "Fees"), ("alice-1", "fees", "Fees"), ("bob-2", "fees", "Fees")]
    assert stored(client) == subjects


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"aud": "http://localhost:8001"}, 401, "invalid_token"),
        ({"aud": "http://localhost:8004/api"}, 401, "invalid_token"),
        ({"exp": 1}, 401, "invalid_token"),
        ({"iss": "https://other.example"}, 401, "invalid_token"),
        ({"typ": "JWT"}, 401, "invalid_token"),
        ({"client_id": None}, 401, "invalid_token"),
        ({"scope": "messages:read"}, 403, "insufficient_scope"),
        ({"scope": "messages:writer xmessages:write"}, 403, "insufficient_scope"),
        ({"scope": None}, 403, "insufficient_scope"),
        ({"sub": "alice-1"}, 403, "insufficient_scope"),
    ],
)
def test_tokens_that_may_not(
    client: FlaskClient, token: Callable[..., str], changes: dict[str, Any], status: int, error: str
) -> None:
    response = client.post("/api/messages", json=GOOD, headers={"Authorization": f"Bearer {token(**changes)}"})
    assert (response.status_code, challenge(response)["error"]) == (status, error)
    assert stored(client) == []


def test_without_a_token_or_with_a_session(client: FlaskClient, arrive: Callable[..., FlaskClient]) -> None:
    for browser in (client, arrive()):
        response = browser.post("/api/messages", json=GOOD)
        assert response.status_code == 401
        assert challenge(response) == {"realm": "dashboard"}


@pytest.mark.parametrize("name", ["service", "from", "client_id", "id", "unread", "created_at"])
def test_a_service_cannot_write_as_another(client: FlaskClient, send: Send, name: str) -> None:
    response = send("fees", **{name: "notices"})
    assert response.status_code == 422
    assert response.json["errors"] == {name: "There is no such field."}
    assert stored(client) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sub", None),
        ("sub", ""),
        ("sub", "x y"),
        ("sub", "x" * 256),
        ("sub", "ä"),
        ("sub", 7),
        ("subject", ""),
        ("subject", "\u3164\u200b"),
        ("body", "\u2800\n\u200d"),
        ("subject", " \u2028\n"),
        ("subject", "x" * 201),
        ("subject", "<b>Fees</b>"),
        ("subject", "Fees<script>"),
        ("subject", ["Fees"]),
        ("body", "\n \x00"),
        ("body", "x" * 20_001),
        ("format", "markdown"),
        ("link", "http://example.org"),
        ("link", "javascript:alert(1)"),
        ("link", "https://example.org@evil.example"),
        ("link", "https://example.org/" + "x" * 2_000),
        ("expires_at", "2001-01-01T00:00:00Z"),
        ("expires_at", "2199-01-01T00:00:00"),
        ("expires_at", "tomorrow"),
        ("importance", "urgent"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: FlaskClient, send: Send, field: str, value: Any) -> None:
    response = send(**{field: value})
    assert response.status_code == 422
    assert response.json["error"] == "invalid_message"
    assert list(response.json["errors"]) == [field]
    # Of a batch the good ones aren't stored either.
    response = send(content={"messages": [GOOD, GOOD | {field: value}]})
    assert response.status_code == 422
    assert list(response.json["errors"]) == [f"messages.1.{field}"]
    assert stored(client) == []


def test_html_of_which_nothing_stays(client: FlaskClient, send: Send) -> None:
    response = send(body="<script>alert(1)</script><img src=x>", format="html")
    assert (response.status_code, list(response.json["errors"])) == (422, ["body"])


@pytest.mark.parametrize(
    "content", ["[]", "7", "", "{", '{"messages": 1}', "[" * 100_000, '{"a":' * 100_000, '"\ud800"', "NaN"]
)
def test_what_is_no_message_at_all(client: FlaskClient, token: Callable[..., str], content: str) -> None:
    headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
    response = client.post("/api/messages", data=content.encode("utf-8", "surrogatepass"), headers=headers)
    assert response.status_code in {400, 422}
    assert response.json["error"] in {"invalid_request", "invalid_message"}


def test_other_types(client: FlaskClient, token: Callable[..., str]) -> None:
    headers = {"Authorization": f"Bearer {token()}"}
    assert client.post("/api/messages", data=GOOD, headers=headers).status_code == 415
    packed = gzip.compress(b"{}")
    response = client.post("/api/messages", data=packed, headers=headers | {"Content-Type": "application/json"})
    assert response.status_code == 400


def test_how_much_goes_into_a_call(client: FlaskClient, send: Send) -> None:
    assert send(content={"messages": []}).status_code == 422
    assert send(content={"messages": [GOOD] * 1_001}).status_code == 422
    too_large = send(content={"messages": [GOOD | {"body": "x" * 20_000}] * 250})
    assert too_large.status_code == 413
    assert "at most" in too_large.json["error_description"]
    assert stored(client) == []
    assert send(content={"messages": [GOOD] * 1_000}).status_code == 201
    assert len(stored(client)) == 1_000


def test_many_errors_are_cut_short(send: Send) -> None:
    response = send(content={"messages": [GOOD | {"subject": ""}] * 100})
    assert len(response.json["errors"]) == 20
    assert "100 fields" in response.json["error_description"]


def test_the_same_call_twice_is_one(client: FlaskClient, send: Send) -> None:
    first, again = send(key="k"), send(key="k")
    assert (again.status_code, again.json) == (201, first.json)
    assert len(stored(client)) == 1
    other = send(key="k", subject="Other")
    assert (other.status_code, other.json["error"]) == (422, "idempotency_key_reused")
    # A key is its service's own, and is forgotten after a week.
    assert send("fees", key="k").json != first.json
    assert send(key="k" * 256).status_code == 400
    assert len(stored(client)) == 2


def test_a_key_is_forgotten_after_a_week(client: FlaskClient, send: Send, clock: Any) -> None:
    send(key="k")
    clock.offset = 8 * 24 * 3600
    send(key="other")
    assert send(key="k").status_code == 201
    assert len(stored(client)) == 3


def test_a_service_that_posts_without_end(
    client: FlaskClient, send: Send, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.dashboard.messages.posting.MOST_A_MINUTE", 2)
    send(), send()
    response = send()
    assert (response.status_code, response.json["error"]) == (429, "too_many")
    assert response.headers["Retry-After"] == "60"
    assert len(stored(client)) == 2
    assert send("fees").status_code == 201
    clock.offset = 61
    assert send().status_code == 201


def test_other_addresses_and_methods(client: FlaskClient) -> None:
    for response in (client.put("/api/messages"), client.get("/api/messages")):
        assert (response.status_code, set(response.allow)) == (405, {"OPTIONS", "POST"})
        assert response.json["error"] == "invalid_request"
    assert (client.get("/api/nothing").status_code, client.get("/api/nothing").json["error"]) == (404, "not_found")


def test_the_document_says_what_is_checked(client: FlaskClient, provider: Any) -> None:
    document = client.get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    message = document["components"]["schemas"]["NewMessage"]
    assert message["required"] == ["sub", "subject", "body"]
    assert message["properties"]["subject"]["maxLength"] == 200
    assert document["components"]["schemas"]["Batch"]["properties"]["messages"]["maxItems"] == 1_000
    flow = document["components"]["securitySchemes"]["service"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == f"{provider.issuer}/token"
    assert flow["scopes"]["messages:write"] == "Post messages."
    assert document["servers"] == [{"url": "http://localhost:8001/api"}]
    references = set(re.findall(r'"#/components/schemas/(\w+)"', client.get("/api/openapi.json").text))
    assert references <= document["components"]["schemas"].keys()
    page = client.get("/api/")
    assert page.status_code == 200
    assert "expires_at" in page.text
