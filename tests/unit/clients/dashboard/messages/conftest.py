"""Tokens of services, people in browsers of their own, and what they share: the dashboard."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

API = "http://localhost:8001/api"


@pytest.fixture
def token(provider: Any, clock: Any) -> Callable[..., str]:
    """Return an access token as the provider makes them for a service (RFC 9068); a value of None leaves a claim out."""

    def make(service: str = "notices", *, typ: str = "at+jwt", **changes: Any) -> str:
        now = int(clock())
        claims: dict[str, Any] = {
            "iss": provider.issuer,
            "aud": API,
            "sub": service,
            "client_id": service,
            "iat": now,
            "exp": now + 300,
            "jti": "j",
            "scope": "messages:write",
        } | changes
        return provider.sign({name: value for name, value in claims.items() if value is not None}, typ=typ)

    return make


@pytest.fixture
def send(app: Flask, token: Callable[..., str]) -> Callable[..., TestResponse]:
    """Post as a service: one message, whose fields are keywords, or whatever `content` is."""

    def run(service: str = "notices", /, *, content: Any = None, key: str = "", **fields: Any) -> TestResponse:
        message = {"sub": "alice-1", "subject": "Fees", "body": "Pay until Friday."} | fields
        headers = {"Authorization": f"Bearer {token(service)}"} | ({"Idempotency-Key": key} if key else {})
        return app.test_client().post("/api/messages", json=message if content is None else content, headers=headers)

    return run


@pytest.fixture
def post(send: Callable[..., TestResponse]) -> Callable[..., str]:
    """Post one message and return its id."""

    def run(service: str = "notices", /, **fields: Any) -> str:
        response = send(service, **fields)
        assert response.status_code == 201, response.text
        return response.json["id"]

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
