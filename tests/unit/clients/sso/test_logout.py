"""Signing out from here."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SignIn = Callable[..., TestResponse]
Csrf = Callable[[TestResponse], str]


def test_ends_the_session_here_and_goes_on_to_the_provider(
    client: FlaskClient, provider: Any, sign_in: SignIn, csrf: Csrf
) -> None:
    response = client.post("/sign-out", data={"csrf_token": csrf(sign_in())})

    asked = {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}
    assert response.status_code == 303
    assert response.location.startswith(f"{provider.issuer}/end_session?")
    assert asked["post_logout_redirect_uri"] == "http://localhost:8001/signed-out"
    assert asked["client_id"] == "dashboard"
    assert asked["id_token_hint"].count(".") == 2
    assert client.get_cookie("dashboard_session") is None
    done = client.get("/signed-out", query_string={"state": asked["state"]})
    assert "of every service" in done.text
    assert client.get("/dashboard").status_code == 303


def test_the_cookie_is_worth_nothing_afterwards(client: FlaskClient, sign_in: SignIn, csrf: Csrf) -> None:
    page = sign_in()
    cookie = client.get_cookie("dashboard_session")
    assert cookie is not None
    client.post("/sign-out", data={"csrf_token": csrf(page)})
    client.set_cookie("dashboard_session", cookie.value)

    assert client.get("/dashboard").status_code == 303


def test_nobody_else_can_sign_a_person_out(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in()

    assert client.post("/sign-out").status_code == 400
    assert client.get("/sign-out").status_code == 405
    assert client.get("/dashboard").status_code == 200


def test_says_so_when_only_this_service_could_be_left(
    client: FlaskClient, provider: Any, sign_in: SignIn, csrf: Csrf, clock: Any
) -> None:
    page = sign_in()
    clock.offset = 700  # what was discovered has to be read again
    provider.answer = lambda *_: (500, {})

    response = client.post("/sign-out", data={"csrf_token": csrf(page)})

    assert response.status_code == 503
    assert "could not reach your IP Account" in response.text
    assert client.get_cookie("dashboard_session") is None


@pytest.mark.parametrize("query", ["", "?state=x", "?state=%C3%A9"])
def test_the_last_page_claims_nothing_that_it_was_not_told(client: FlaskClient, query: str) -> None:
    page = client.get(f"/signed-out{query}")

    assert page.status_code == 200
    assert "You are signed out" in page.text
    assert "of every service" not in page.text


def test_one_lands_on_the_same_page_whether_or_not_the_logout_token_was_quicker(
    client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in()
    before = client.get("/signed-out")
    client.delete_cookie("dashboard_session")

    assert client.get("/signed-out").text == before.text


def test_signing_out_a_second_time_lands_there_too(client: FlaskClient, sign_in: SignIn, csrf: Csrf) -> None:
    token = csrf(sign_in())
    client.delete_cookie("dashboard_session")

    assert client.post("/sign-out", data={"csrf_token": token}).location == "/signed-out"
