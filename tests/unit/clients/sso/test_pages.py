"""What every page of a relying party has: headers, errors, health, the menu under the name."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def test_headers_allow_no_inline_script_and_no_storing(client: FlaskClient, provider: Any) -> None:
    headers = client.get("/").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert f"form-action 'self' {provider.issuer}" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_the_menu_under_the_name(sign_in: Callable[..., TestResponse], provider: Any) -> None:
    menu = sign_in().text.partition('id="person"')[2].partition("</details>")[0]

    assert "Alice Moreau" in menu
    portal = ["http://localhost:8001/dashboard", "http://localhost:8001/messages"]
    assert re.findall(r'href="([^"]+)"', menu) == [*portal, f"{provider.issuer}/account"]
    assert 'id="sign-out"' in menu
    assert "My IP Portal Dashboard" in menu


def test_a_name_is_text(sign_in: Callable[..., TestResponse], provider: Any) -> None:
    provider.userinfo["name"] = "<script>alert(1)</script>"

    assert "<script>alert" not in sign_in().text


def test_an_account_without_a_name_has_its_username(sign_in: Callable[..., TestResponse], provider: Any) -> None:
    del provider.userinfo["name"]

    assert "Welcome, alice" in sign_in().text


def test_error_pages_say_what_to_do(client: FlaskClient) -> None:
    page = client.get("/nothing")

    assert page.status_code == 404
    assert "There is no page here" in page.text
    assert re.search(r"Support code: \w{4}-\w{4}", page.text)


def test_the_log_has_the_support_code_and_no_secret(
    client: FlaskClient, provider: Any, sign_in: Callable[..., TestResponse], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in()
    cookie = client.get_cookie("dashboard_session")
    code = re.search(r"Support code: (\w{4}-\w{4})", client.get("/nothing").text)

    assert cookie is not None
    assert code is not None
    assert code[1] in caplog.text
    for secret in (cookie.value, provider.requests[0]["code"], provider.requests[0]["code_verifier"]):
        assert secret not in caplog.text


def test_no_trace_reaches_the_browser(app: Flask, client: FlaskClient) -> None:
    def broken() -> str:
        raise RuntimeError("a secret detail")

    app.view_functions["dashboard.landing"] = broken

    page = client.get("/")

    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert "Support code" in page.text


def test_health(client: FlaskClient, provider: Any) -> None:
    provider.answer = lambda *_: (500, {})

    assert client.get("/health/live").json == {"status": "ok"}
    assert client.get("/health/ready").json == {"status": "ok"}
