"""Services register widgets: their own, of APIs that the portal may ask tokens for, with titles that are text."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

API = "http://localhost:8001/api"
PAIRING = "http://localhost:8002/api"
WIDGET: dict[str, Any] = {
    "title": {"en": "Fee reminders", "fr": "Rappels"},
    "description": {"en": "What is due in the next months."},
    "subject": "law",
    "width": 6,
    "height": 2,
    "resource": PAIRING,
    "scopes": ["pairing:read"],
    "data_url": f"{PAIRING}/widgets/reminders?of=fees",
}
Call = Callable[..., TestResponse]


@pytest.fixture
def call(app: Flask, provider: Any, clock: Any) -> Call:
    """Call the API as a service."""

    def run(
        method: str, path: str = "", content: Any = None, /, service: str = "notices", **changes: Any
    ) -> TestResponse:
        now = int(clock())
        claims: dict[str, Any] = {"iss": provider.issuer, "aud": API, "sub": service, "client_id": service}
        claims |= {"iat": now, "exp": now + 300, "jti": "j", "scope": "widgets:write"} | changes
        headers = {"Authorization": f"Bearer {provider.sign(claims, typ='at+jwt')}"}
        body = {} if content is None else {"json": content}
        return app.test_client().open(f"/api/widgets{path}", method=method, headers=headers, **body)

    return run


@pytest.fixture
def board(app: Flask, provider: Any) -> Callable[[], str]:
    """Sign somebody in and return their dashboard."""

    def run() -> str:
        browser = app.test_client()
        assert browser.get(provider.approve(browser.get("/sign-in"))).status_code == 303
        return browser.get("/dashboard").text

    return run


def test_everybody_is_offered_it_under_the_service_s_name(call: Call, board: Callable[[], str]) -> None:
    answer = call("PUT", "/reminders", WIDGET)
    assert answer.status_code == 200, answer.text
    assert answer.json == {"id": "reminders", **WIDGET}
    assert call("PUT", "/reminders", WIDGET).status_code == 200
    assert call("GET").json == {"widgets": [{"id": "reminders", **WIDGET}]}
    page = board()
    assert 'value="notices.reminders"' in page
    assert "Fee reminders" in page
    assert "From Office Notices" in page
    assert call("DELETE", "/reminders").status_code == 204
    assert call("DELETE", "/reminders").status_code == 404
    assert "notices.reminders" not in board()


def test_it_leaves_the_boards_that_it_is_on(call: Call, app: Flask, provider: Any, csrf: Any) -> None:
    call("PUT", "/reminders", WIDGET)
    browser: FlaskClient = app.test_client()
    browser.get(provider.approve(browser.get("/sign-in")))
    sent = {"csrf_token": csrf(browser.get("/dashboard")), "widget": ["notices.reminders", "messages"]}
    page = browser.post("/dashboard/choose", data=sent, follow_redirects=True).text
    assert 'href="/dashboard/widgets/notices.reminders"' in page
    assert "From Office Notices" in browser.get("/dashboard/widgets/notices.reminders").text
    call("DELETE", "/reminders")
    assert "w-notices.reminders" not in browser.get("/dashboard").text
    assert browser.get("/dashboard/widgets/notices.reminders").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {"fr": "Rappels"}}, "title"),
        ({"title": {"en": "<b>Fees</b>"}}, "title"),
        ({"title": {"en": " "}}, "title"),
        ({"title": {"en": "x" * 201}}, "title.en"),
        ({"title": {"en": "\u0958" * 200}}, "title"),
        ({"title": {"en": "Fees", "not a tag": "x"}}, "title"),
        ({"title": "Fees"}, "title"),
        ({"description": {"en": "<script>alert(1)</script>"}}, "description"),
        ({"subject": "weather"}, "subject"),
        ({"width": 2}, "width"),
        ({"height": 13}, "height"),
        ({"id": "other"}, "id"),
        ({"resource": "https://elsewhere.example/api", "data_url": "https://elsewhere.example/api/x"}, "resource"),
        ({"resource": f"{PAIRING}/", "data_url": f"{PAIRING}//x"}, "resource"),
        ({"scopes": ["pairing:write"]}, "scopes"),
        ({"scopes": ["pairing:read"] * 20}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"data_url": "https://elsewhere.example/x"}, "data_url"),
        ({"data_url": f"{PAIRING}.evil.example/x"}, "data_url"),
        ({"data_url": f"{PAIRING}x"}, "data_url"),
        ({"data_url": f"{PAIRING}/../finance"}, "data_url"),
        ({"data_url": f"{PAIRING}/%2e%2e/finance"}, "data_url"),
        ({"data_url": f"{PAIRING}/x#y"}, "data_url"),
        ({"data_url": f"{PAIRING}/x y"}, "data_url"),
        ({"data_url": f"{PAIRING}@evil.example/"}, "data_url"),
        ({"data_url": f"{PAIRING}\\evil"}, "data_url"),
    ],
)
def test_what_is_refused_and_where(call: Call, changes: dict[str, Any], field: str) -> None:
    answer = call("PUT", "/reminders", WIDGET | changes)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["errors"]) == [field]
    assert all(sentence.endswith(".") for sentence in answer.json["errors"].values())
    assert call("GET").json == {"widgets": []}


def test_what_is_no_id(call: Call) -> None:
    for wrong in ("Big", "1st", "a_b", "x" * 41, "a.b"):
        assert list(call("PUT", f"/{wrong}", WIDGET).json["errors"]) == ["id"]
    assert list(call("PUT", "/fees", WIDGET, service="odd service").json["errors"]) == ["id"]


def test_all_pairs_of_services(call: Call) -> None:
    services = ("notices", "fees", "filing")
    for service in services:
        call("PUT", "/mine", WIDGET | {"title": {"en": service}}, service=service)
    for service, other in itertools.permutations(services, 2):
        call("PUT", "/mine", WIDGET | {"title": {"en": service}}, service=service)
        assert call("DELETE", f"/{other}.mine", service=service).status_code == 404
        assert call("DELETE", f"/mine%00{other}", service=service).status_code == 404
        assert [one["title"]["en"] for one in call("GET", service=other).json["widgets"]] == [other]


def test_who_may_not(call: Call) -> None:
    for method, path, content in (("GET", "", None), ("PUT", "/x", WIDGET), ("DELETE", "/x", None)):
        assert call(method, path, content, aud="http://localhost:8002/api").status_code == 401
        assert call(method, path, content, exp=1).status_code == 401
        refused = call(method, path, content, scope="messages:write")
        assert refused.status_code == 403
        assert 'scope="widgets:write"' in refused.headers["WWW-Authenticate"]
        # A person's token is nobody's to register with.
        assert call(method, path, content, sub="alice-1").status_code == 403


def test_developers_read_how(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").json
    assert {"/widgets", "/widgets/{id}"} <= set(document["paths"])
    assert "Card" in document["components"]["schemas"]
    assert (
        "widgets:write" in document["components"]["securitySchemes"]["service"]["flows"]["clientCredentials"]["scopes"]
    )
    assert client.get("/api/").status_code == 200
