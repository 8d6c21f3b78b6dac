"""The API for other services: a person's pairings and documents, with a token for this audience and scope only."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

Token = Callable[..., dict[str, str]]
CALLS = ("/api/pairings", "/api/distribution-reports", "/api/annual-contributions")
CARDS = ("/api/widgets/distribution-reports", "/api/widgets/annual-contributions")


@pytest.fixture
def client(pairing: Flask) -> FlaskClient:
    return pairing.test_client()


def test_before_and_after_pairing(client: FlaskClient, token: Token, arrive: Any, pair: Any) -> None:
    assert client.get("/api/pairings", headers=token()).json == {"pairings": []}
    before = client.get("/api/distribution-reports", headers=token()).json
    assert before == {
        "paired": False,
        "reports": [],
        "pair_url": "http://localhost:8002/pair/office",
        "page_url": "http://localhost:8002/distribution-reports",
    }
    alice = arrive()
    pair(alice)
    pair(alice, "state")
    (office, state) = client.get("/api/pairings", headers=token()).json["pairings"]  # type: ignore[index]
    assert (office["kind"], office["customer_id"], state["kind"]) == ("office", "12345", "state")
    reports = client.get("/api/distribution-reports?type=hague", headers=token()).json
    assert reports
    assert reports["paired"]
    assert {one["type"] for one in reports["reports"]} == {"hague"}
    one = reports["reports"][0]
    same = client.get(f"/api/distribution-reports?type=hague&month={one['month']}&year={one['year']}", headers=token())
    assert same.json is not None
    assert same.json["reports"] == [one]
    # The link is for the person's browser, and works there.
    assert alice.get(one["url"].removeprefix("http://localhost:8002")).data.startswith(b"%PDF")
    papers = client.get("/api/annual-contributions?kind=invoice", headers=token()).json
    assert papers
    assert {(one["type"], one["month"]) for one in papers["contributions"]} == {("invoice", None)}


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"aud": "http://localhost:8004/api"}, "401 invalid_token"),
        ({"aud": "http://localhost:8002"}, "401 invalid_token"),
        ({"exp": 1}, "401 invalid_token"),
        ({"scope": "openid pairing:write"}, "403 insufficient_scope"),
        ({"scope": ""}, "403 insufficient_scope"),
    ],
)
def test_tokens_that_will_not_do(client: FlaskClient, token: Token, path: str, changes: Any, refusal: str) -> None:
    answer = client.get(path, headers=token(**changes))
    status, error = refusal.split()
    assert answer.status_code == int(status)
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", CALLS)
def test_a_session_is_no_token(arrive: Any, path: str) -> None:
    answer = arrive().get(path)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="pairing"')


@pytest.mark.parametrize("query", ["type=poem", "month=0", "month=13", "month=x", "year=1", "year=99999", "year=%00"])
def test_odd_parameters(client: FlaskClient, token: Token, query: str) -> None:
    answer = client.get(f"/api/distribution-reports?{query}", headers=token())
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "invalid_request"


def test_it_describes_itself(client: FlaskClient) -> None:
    described = client.get("/api/openapi.json").json
    assert described is not None
    assert described["servers"] == [{"url": "http://localhost:8002/api"}]
    assert {f"/api{path}" for path in described["paths"]} == {*CALLS, *CARDS}
    for path in described["paths"]:
        assert client.get(f"/api{path}").status_code == 401
    assert client.get("/api/other").json == {
        "error": "not_found",
        "error_description": "There is nothing here: see /api/openapi.json.",
    }


def test_people_can_read_it_too(client: FlaskClient) -> None:
    page = client.get("/api/")
    assert page.status_code == 200
    for said in ("/annual-contributions", "pairing:read", "/api/openapi.json"):
        assert said in page.text
