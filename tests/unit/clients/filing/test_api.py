"""Drafts for apps: what a token has to be, and what an app is told when it isn't (RFC 6750, RFC 9068, RFC 9470)."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

Token = Callable[..., str]
OTHER = "https://other.example"


@pytest.fixture
def client(filing: Flask) -> FlaskClient:
    return filing.test_client()


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def challenge(response: TestResponse) -> dict[str, str]:
    scheme, _, rest = response.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def test_lists_creates_changes_and_deletes(client: FlaskClient, token: Token, draft: dict[str, str]) -> None:
    access = bearer(token())
    assert client.get("/api/drafts", headers=access).json == {"drafts": []}
    made = client.post("/api/drafts", json=draft, headers=access)
    assert made.status_code == 201
    assert made.json is not None
    assert made.json.items() >= (draft | {"version": 1}).items()
    where = made.headers["Location"]
    assert client.get(where, headers=access).json == made.json
    changed = client.put(where, json=draft | {"title": "x"}, headers=access | {"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert client.delete(where, headers=access | {"If-Match": '"2"'}).status_code == 204
    assert client.get(where, headers=access).status_code == 404


def test_without_a_token_one_is_asked_for(client: FlaskClient) -> None:
    response = client.get("/api/drafts")
    assert response.status_code == 401
    assert challenge(response) == {"realm": "filing"}
    assert response.headers["Cache-Control"] == "no-store"


def test_a_session_is_no_token(arrive: Callable[..., FlaskClient]) -> None:
    assert arrive().get("/api/drafts").status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://localhost:8004"},
        {"aud": [OTHER, "http://localhost:8004/api/"]},
        {"aud": None},
        {"iss": OTHER},
        {"iss": None},
        {"typ": "JWT"},
        {"typ": "logout+jwt"},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": 99_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"client_id": None},
    ],
)
def test_tokens_that_are_not_for_this(client: FlaskClient, token: Token, changes: dict[str, Any]) -> None:
    response = client.get("/api/drafts", headers=bearer(token(**changes)))
    assert response.status_code == 401
    assert challenge(response)["error"] == "invalid_token"
    assert response.json == {"error": "invalid_token", "error_description": "The access token is not valid here."}


def test_tokens_that_nobody_we_know_has_signed(client: FlaskClient, token: Token, provider: Any) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": provider.key.kid})
    good = token()
    header, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    for bad in (
        token(key=stranger),
        token(key=ECKey.generate_key("P-256", auto_kid=True)),
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}",
        "x",
        "x.y.z",
    ):
        response = client.get("/api/drafts", headers=bearer(bad))
        assert (response.status_code, challenge(response)["error"]) == (401, "invalid_token"), bad


@pytest.mark.parametrize("audience", ["http://localhost:8004/api", [OTHER, "http://localhost:8004/api"]])
@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
def test_tokens_that_are_for_this(client: FlaskClient, token: Token, audience: Any, typ: str) -> None:
    assert client.get("/api/drafts", headers=bearer(token(aud=audience, typ=typ))).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "error"),
    [
        ({"Authorization": "Basic eA=="}, 401, None),
        ({"Authorization": "Bearer"}, 400, "invalid_request"),
        ({"Authorization": "Bearer é"}, 400, "invalid_request"),
        ({"Authorization": "Bearer " + "x" * 9000}, 400, "invalid_request"),
        ([("Authorization", "Bearer x"), ("Authorization", "Bearer y")], 401, "invalid_token"),
    ],
)
def test_odd_headers(client: FlaskClient, headers: Any, status: int, error: str | None) -> None:
    response = client.get("/api/drafts", headers=headers)
    assert (response.status_code, challenge(response).get("error")) == (status, error)


@pytest.mark.parametrize(
    ("call", "scope", "needed"),
    [
        ("GET /api/drafts", "openid filing:write", "filing:read"),
        ("GET /api/drafts/x", "filing:write", "filing:read"),
        ("POST /api/drafts", "filing:read", "filing:write"),
        ("PUT /api/drafts/x", "filing:read", "filing:write"),
        ("DELETE /api/drafts/x", "filing:read filing:writes", "filing:write"),
        ("GET /api/drafts", None, "filing:read"),
    ],
)
def test_scope(client: FlaskClient, token: Token, call: str, scope: str | None, needed: str) -> None:
    method, path = call.split()
    response = client.open(path, method=method, headers=bearer(token(scope=scope)))
    assert response.status_code == 403
    assert challenge(response).items() >= {"error": "insufficient_scope", "scope": needed}.items()


@pytest.mark.parametrize("acr", ["aal1", "", None, "aal9", 2, ["aal2"]])
def test_a_weak_sign_in_is_challenged(client: FlaskClient, token: Token, acr: object) -> None:
    response = client.get("/api/drafts", headers=bearer(token(acr=acr)))
    assert response.status_code == 401
    assert challenge(response) == {
        "realm": "filing",
        "error": "insufficient_user_authentication",
        "error_description": "A stronger or more recent sign-in is needed.",
        "acr_values": "aal2",
    }
    assert response.json is not None
    assert response.json["error"] == "insufficient_user_authentication"


def test_a_stronger_one_is_not(client: FlaskClient, token: Token) -> None:
    assert client.get("/api/drafts", headers=bearer(token(acr="aal3"))).status_code == 200


def test_a_service_on_its_own_is_nobody(client: FlaskClient, token: Token) -> None:
    access = token(sub="an-app", acr=None, auth_time=None, amr=None)
    assert client.get("/api/drafts", headers=bearer(access)).status_code == 401


def test_nobody_reaches_the_drafts_of_others(client: FlaskClient, token: Token, draft: dict[str, str]) -> None:
    alice, bob = bearer(token()), bearer(token(sub="bob-1"))
    where = client.post("/api/drafts", json=draft, headers=alice | {"Idempotency-Key": "k"}).headers["Location"]
    match = {"If-Match": '"1"'}
    assert client.get("/api/drafts", headers=bob).json == {"drafts": []}
    assert client.get(where, headers=bob).status_code == 404
    assert client.put(where, json=draft | {"title": "Bob's"}, headers=bob | match).status_code == 404
    assert client.delete(where, headers=bob | match).status_code == 404
    assert client.post("/api/drafts", json=draft, headers=bob | {"Idempotency-Key": "k"}).headers["Location"] != where
    assert client.get(where, headers=alice).json == client.get(where, headers=alice).json | draft  # type: ignore[operator]


def test_a_repeated_creation_is_one(client: FlaskClient, token: Token, draft: dict[str, str]) -> None:
    headers = bearer(token()) | {"Idempotency-Key": "the key"}
    first, second = (client.post("/api/drafts", json=draft, headers=headers) for _ in range(2))
    assert first.json == second.json


def test_changes_name_what_they_are_based_on(client: FlaskClient, token: Token, draft: dict[str, str]) -> None:
    access = bearer(token())
    where = client.post("/api/drafts", json=draft, headers=access).headers["Location"]
    change = draft | {"title": "x"}
    assert client.put(where, json=change, headers=access).status_code == 428
    assert client.put(where, json=change, headers=access | {"If-Match": '"1"'}).status_code == 200
    for stale in ('"1"', 'W/"2"', "W/x", "9" * 30, '"1", "3"'):
        response = client.put(where, json=draft, headers=access | {"If-Match": stale})
        assert response.status_code == 412
        assert response.json is not None
        assert response.json["draft"]["title"] == "x"
    assert client.delete(where, headers=access | {"If-Match": '"1"'}).status_code == 412
    # RFC 9110 section 13.1.1: one of several, or whichever there is.
    for right in ('"9", "2"', "*"):
        assert client.put(where, json=draft | {"title": right}, headers=access | {"If-Match": right}).status_code == 200
    assert client.get(where, headers=access).json["version"] == 4
    assert client.delete(where, headers=access | {"If-Match": "*"}).status_code == 204
    assert client.put(where, json=draft, headers=access | {"If-Match": "*"}).status_code == 404


def test_a_second_draft_under_the_same_key_is_not_lost_silently(
    client: FlaskClient, token: Token, draft: dict[str, str]
) -> None:
    access = bearer(token()) | {"Idempotency-Key": "k" * 200}
    first = client.post("/api/drafts", json=draft, headers=access)
    again = client.post("/api/drafts", json=draft, headers=access)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    # The draft itself may have changed meanwhile: what counts is what was sent.
    change = client.put(
        first.headers["Location"], json=draft | {"title": "x"}, headers=bearer(token()) | {"If-Match": "*"}
    )
    assert change.status_code == 200
    assert client.post("/api/drafts", json=draft, headers=access).json["id"] == first.json["id"]
    other = client.post("/api/drafts", json=draft | {"title": "Another"}, headers=access)
    assert (other.status_code, other.json["error"]) == (422, "idempotency_key_reused")
    assert len(client.get("/api/drafts", headers=bearer(token())).json["drafts"]) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": {"kind": "patent", "title": "x"}}, 422),
        ({"json": {"kind": "poem", "title": "x", "applicant": "y"}}, 422),
        ({"json": {"kind": "patent", "title": 1, "applicant": "y"}}, 422),
        ({"json": {"kind": "patent", "title": "x", "applicant": "y", "version": "1"}}, 422),
        ({"json": []}, 400),
        ({"data": "title=x"}, 415),
        ({"data": "{", "content_type": "application/json"}, 400),
    ],
)
def test_what_can_not_be_taken(client: FlaskClient, token: Token, sent: dict[str, Any], status: int) -> None:
    response = client.post("/api/drafts", headers=bearer(token()), **sent)
    assert response.status_code == status
    assert response.json is not None
    assert response.json["error_description"]


@pytest.mark.parametrize("path", ["/api/other", "/api/drafts/x/y"])
def test_other_addresses_answer_in_json(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.json is not None


def test_a_provider_that_is_down(client: FlaskClient, token: Token, provider: Any) -> None:
    provider.answer = lambda *_: (500, {})
    response = client.get("/api/drafts", headers=bearer(token()))
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_keys_are_fetched_and_parsed_once(client: FlaskClient, token: Token, provider: Any) -> None:
    for _ in range(3):
        assert client.get("/api/drafts", headers=bearer(token())).status_code == 200
    assert provider.fetched.count("/jwks") == 1
