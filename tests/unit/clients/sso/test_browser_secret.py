"""What was noted of a browser before somebody signed in there opens nothing of what comes after."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SignIn = Callable[..., TestResponse]
Csrf = Callable[[TestResponse], str]


def noted(client: FlaskClient, app: Flask) -> FlaskClient:
    """Return another browser with the cookie that this one has now."""
    other = app.test_client()
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    other.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie.value)
    return other


def test_a_cookie_from_before_a_sign_in_ends_no_later_one(
    app: Flask, client: FlaskClient, provider: Any, sign_in: SignIn
) -> None:
    first = client.get("/sign-in")
    thief = noted(client, app)
    sign_in()

    assert thief.get(provider.approve(first)).status_code == 400
    assert client.get(provider.approve(first)).status_code == 303


def test_a_second_tab_is_answered_after_the_first(client: FlaskClient, provider: Any) -> None:
    tabs = [client.get(f"/sign-in?next=/payments?{number}") for number in range(2)]

    assert [client.get(provider.approve(tab)).location for tab in tabs] == ["/payments?0", "/payments?1"]


def test_signing_out_ends_the_sign_ins_under_way(
    client: FlaskClient, provider: Any, sign_in: SignIn, csrf: Csrf
) -> None:
    page = sign_in()
    waiting = client.get("/sign-in")
    client.post("/sign-out", data={"csrf_token": csrf(page)})

    assert client.get(provider.approve(waiting)).status_code == 400


def test_a_form_that_was_opened_before_the_sign_in_is_sent_by_nobody_else(
    client: FlaskClient, provider: Any, sign_in: SignIn, csrf: Csrf
) -> None:
    page = sign_in()
    provider.id_claims = {"sub": "bob-1"}
    provider.userinfo = {**provider.userinfo, "sub": "bob-1"}
    client.get(provider.approve(client.get("/sign-in")))

    assert client.post("/sign-out", data={"csrf_token": csrf(page)}).status_code == 400
