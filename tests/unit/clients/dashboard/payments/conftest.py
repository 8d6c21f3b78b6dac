"""Services that post, people in browsers of their own, and what they share: the dashboard."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

INVOICE = {
    "sub": "alice-1",
    "reference": "R-1",
    "title": "Renewal fee",
    "currency": "CHF",
    "amount": "120.50",
    "due": "2199-01-31",
}
MOVEMENT = {
    "sub": "alice-1",
    "reference": "M-1",
    "currency": "CHF",
    "amount": "500.00",
    "kind": "deposit",
    "date": "2026-01-31",
    "text": "Transfer received",
}
API = "http://localhost:8001/api"


@pytest.fixture
def token(provider: Any, clock: Any) -> Callable[..., str]:
    """Return an access token as the provider makes them for a service (RFC 9068); a value of None leaves a claim out."""

    def make(service: str = "notices", *, typ: str = "at+jwt", **changes: Any) -> str:
        now = int(clock())
        claims: dict[str, Any] = {"iss": provider.issuer, "aud": API, "sub": service, "client_id": service}
        claims |= {"iat": now, "exp": now + 300, "jti": "j", "scope": "payments:write"} | changes
        return provider.sign({name: value for name, value in claims.items() if value is not None}, typ=typ)

    return make


@pytest.fixture
def call(app: Flask, token: Callable[..., str]) -> Callable[..., TestResponse]:
    """Call the API as a service."""

    def run(method: str, path: str, content: Any = None, /, service: str = "notices", key: str = "") -> TestResponse:
        headers = {"Authorization": f"Bearer {token(service)}"} | ({"Idempotency-Key": key} if key else {})
        body = {} if content is None else {"json": content}
        return app.test_client().open(f"/api{path}", method=method, headers=headers, **body)

    return run


@pytest.fixture
def post(call: Callable[..., TestResponse]) -> Callable[..., list[str]]:
    """Post invoices of which only what differs is named; return their ids."""

    def run(*invoices: dict[str, Any], service: str = "notices") -> list[str]:
        content = {"invoices": [INVOICE | {"reference": f"R-{at}"} | one for at, one in enumerate(invoices, 1)]}
        answer = call("POST", "/payments", content, service=service)
        assert answer.status_code == 201, answer.text
        return [one["id"] for one in answer.json["invoices"]]

    return run


@pytest.fixture
def arrive(app: Flask, provider: Any) -> Callable[..., FlaskClient]:
    """Sign somebody in; returns their browser."""

    def run(sub: str = "alice-1") -> FlaskClient:
        browser = app.test_client()
        provider.id_claims = {"sub": sub, "sid": f"s-{sub}"}
        provider.userinfo = {"sub": sub, "name": sub.title()}
        assert browser.get(provider.approve(browser.get("/sign-in"))).status_code == 303
        return browser

    return run


@pytest.fixture
def submit(csrf: Callable[[TestResponse], str]) -> Callable[..., TestResponse]:
    """Send a form of a page."""

    def run(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
        token = csrf(browser.get("/payments?state=unpaid"))
        return browser.post(path, data={"csrf_token": token, **fields})

    return run
