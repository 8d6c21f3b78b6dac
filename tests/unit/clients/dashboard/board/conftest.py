"""People in browsers of their own, and their boards as JSON."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


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
def save(csrf: Callable[[TestResponse], str]) -> Callable[..., TestResponse]:
    """Save a layout as the page does; keywords replace what is sent."""

    def run(browser: FlaskClient, *places: dict[str, Any], token: str = "", **changes: Any) -> TestResponse:
        sent = {"layout": {"view": "grid", "widgets": list(places)}, "version": 0, "editor": "editor-1", "sequence": 1}
        headers = {"X-CSRFToken": token or csrf(browser.get("/dashboard"))}
        return browser.put("/dashboard/layout", json=sent | changes, headers=headers)

    return run


@pytest.fixture
def act(csrf: Callable[[TestResponse], str]) -> Callable[..., TestResponse]:
    """Press a button of a page without JavaScript; returns the page after it."""

    def run(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
        token = csrf(browser.get("/dashboard"))
        return browser.post(path, data={"csrf_token": token, **fields}, follow_redirects=True)

    return run
