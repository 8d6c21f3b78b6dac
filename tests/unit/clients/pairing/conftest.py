"""Pairing with a provider double; people are whoever a test says, and finance officers if it says so."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.pairing.app import create
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.relying_party import start

API = "http://localhost:8002/api"


@pytest.fixture
def pairing(tmp_path: Path, provider: Any, clock: Any) -> Iterator[Flask]:
    app = start(
        create, load_relying_party("pairing", {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer, "PROFILE": "test"})
    )
    app.extensions["sso"].clock = clock
    app.extensions["sso"].sessions._clock = clock
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def arrive(pairing: Flask, provider: Any) -> Callable[..., FlaskClient]:
    """Sign somebody in; returns their browser."""

    def run(sub: str = "alice-1", *, roles: tuple[str, ...] = (), address: str = "192.0.2.1") -> FlaskClient:
        browser = pairing.test_client()
        browser.environ_base["REMOTE_ADDR"] = address
        provider.id_claims = {"aud": "pairing", "sub": sub, "sid": f"s-{sub}"}
        provider.userinfo = {"sub": sub, "name": sub.title(), "preferred_username": sub, "roles": list(roles)}
        assert browser.get(provider.approve(browser.get("/sign-in"))).status_code == 303
        return browser

    return run


@pytest.fixture
def officer(arrive: Callable[..., FlaskClient]) -> FlaskClient:
    return arrive("finn-1", roles=("finance_officer",))


@pytest.fixture
def token(pairing: Flask, provider: Any, clock: Any) -> Callable[..., dict[str, str]]:
    """Return the header with an access token as the provider makes them (RFC 9068)."""

    def make(sub: str = "alice-1", **changes: Any) -> dict[str, str]:
        now = int(clock())
        claims: dict[str, Any] = {
            "iss": provider.issuer,
            "aud": API,
            "sub": sub,
            "client_id": "dashboard",
            "iat": now,
            "exp": now + 300,
            "scope": "pairing:read",
        } | changes
        return {"Authorization": f"Bearer {provider.sign(claims, typ='at+jwt')}"}

    return make


def send(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Open a page and send its form, with the hidden fields that it has."""
    main = browser.get(path).text.partition("<main")[2]
    hidden = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', main))
    hidden |= dict(re.findall(r'<input[^>]*name="(version)"[^>]*value="([^"]*)"', main))
    answer = browser.post(path, data={**hidden, **fields})
    # A large form waits in a file that the test client closes only on the way of a redirect.
    answer.request.input_stream.close()
    return answer


@pytest.fixture
def post() -> Callable[..., TestResponse]:
    return send


@pytest.fixture
def pair() -> Callable[..., TestResponse]:
    def run(
        browser: FlaskClient, kind: str = "office", customer_id: str = "12345", code: str = "DEMO2PAIR"
    ) -> TestResponse:
        return send(browser, f"/pair/{kind}", customer_id=customer_id, access_code=code)

    return run
