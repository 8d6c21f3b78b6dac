"""To the provider and back."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from clients.sso.db import db
from clients.sso.models import SsoSession


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_a_guarded_page_leads_to_the_provider_at_once(client: FlaskClient, provider: Any) -> None:
    response = client.get("/dashboard?view=2")

    asked = query(response.location)
    assert response.status_code == 303
    assert response.location.startswith(f"{provider.issuer}/authorize?")
    assert asked["client_id"] == "dashboard"
    assert asked["redirect_uri"] == "http://localhost:8001/callback"
    assert asked["scope"] == "openid profile email pairing:read"
    assert asked["code_challenge_method"] == "S256"
    assert asked["ui_locales"] == "en"
    assert asked["state"]
    assert asked["nonce"]


def test_the_browser_holds_neither_verifier_nor_nonce(client: FlaskClient, provider: Any) -> None:
    departure = client.get("/dashboard")
    cookies = "".join(departure.headers.getlist("Set-Cookie"))
    client.get(provider.approve(departure))

    verifier = provider.requests[0]["code_verifier"]
    assert verifier not in cookies
    assert query(departure.location)["nonce"] not in cookies
    assert verifier not in departure.location


def test_no_token_reaches_the_browser(client: FlaskClient, provider: Any) -> None:
    back = client.get(provider.approve(client.get("/dashboard")))
    page = client.get(back.location)

    seen = " ".join([str(back.headers), back.text, str(page.headers), page.text])
    assert provider.refresh_token
    assert provider.refresh_token not in seen
    assert not re.search(r"eyJ[\w-]+\.eyJ", seen), "a JWT"


def test_comes_back_signed_in_where_the_person_was_going(sign_in: Callable[..., TestResponse], provider: Any) -> None:
    page = sign_in("/dashboard?view=2")

    assert page.request.full_path == "/dashboard?view=2"
    assert "Alice Moreau" in page.text
    user, _, secret = provider.requests[0]["authorization"].partition(":")
    assert user == "dashboard"
    assert len(secret) == 43
    assert "client_secret" not in provider.requests[0]


def test_the_session_cookie_is_for_this_service_and_not_for_scripts(client: FlaskClient, provider: Any) -> None:
    response = client.get(provider.approve(client.get("/dashboard")))

    cookie = next(line for line in response.headers.getlist("Set-Cookie") if line.startswith("dashboard_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_the_database_signs_no_one_in(app: Flask, sign_in: Callable[..., TestResponse], client: FlaskClient) -> None:
    sign_in()
    cookie = client.get_cookie("dashboard_session")
    assert cookie is not None
    session_id, _, secret = cookie.value.partition(".")
    with app.app_context():
        row = db.session.get(SsoSession, session_id)
        stored = str(vars(row))
    assert secret not in stored
    assert "eyJ" not in stored  # the ID token is encrypted


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\tx", "dashboard", "/callback", ""]
)
def test_leads_nowhere_else(client: FlaskClient, provider: Any, target: str) -> None:
    departure = client.get("/sign-in", query_string={"next": target})

    assert client.get(provider.approve(departure)).location == "/dashboard"


def test_a_second_callback_of_the_same_sign_in_leads_on(client: FlaskClient, provider: Any) -> None:
    back = provider.approve(client.get("/dashboard"))
    client.get(back)

    again = client.get(back)

    assert again.status_code == 303
    assert again.location == "/dashboard"
    assert len(provider.requests) == 1


def test_of_callbacks_that_race_one_redeems(app: Flask, client: FlaskClient, provider: Any) -> None:
    back = provider.approve(client.get("/dashboard"))
    web = client.get_cookie("dashboard_web")
    assert web is not None

    def visit(_: int) -> int:
        racer = app.test_client()
        racer.set_cookie("dashboard_web", web.value)
        return racer.get(back).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visit, range(8)))

    assert sorted(answers) == [303, *[400] * 7]
    assert len(provider.requests) == 1


def test_an_expired_sign_in_offers_to_begin_again(client: FlaskClient, provider: Any, clock: Any) -> None:
    back = provider.approve(client.get("/dashboard"))
    clock.offset = 3 * 3600

    page = client.get(back)

    assert page.status_code == 400
    assert 'href="/sign-in?next=/dashboard"' in page.text
    assert provider.requests == []


def test_another_browsers_callback_is_worth_nothing(app: Flask, client: FlaskClient, provider: Any) -> None:
    back = provider.approve(client.get("/dashboard"))

    assert app.test_client().get(back).status_code == 400
    assert provider.requests == []
    assert client.get(back).status_code == 303  # and it wasn't used up


def test_two_tabs_can_sign_in_at_once(client: FlaskClient, provider: Any) -> None:
    first, second = client.get("/dashboard?tab=1"), client.get("/dashboard?tab=2")

    assert client.get(provider.approve(second)).location == "/dashboard?tab=2"
    assert client.get(provider.approve(first)).location == "/dashboard?tab=1"


def test_a_new_session_replaces_the_one_of_this_browser(
    app: Flask, client: FlaskClient, sign_in: Callable[..., TestResponse]
) -> None:
    sign_in()
    before = client.get_cookie("dashboard_session")
    sign_in("/sign-in")

    after = client.get_cookie("dashboard_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    with app.app_context():
        assert db.session.query(SsoSession).count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"},
        {"nonce": None},
        {"aud": "pairing"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": "mallory"},
        {"azp": "pairing"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
def test_refuses_an_id_token_that_is_not_for_this_sign_in(
    client: FlaskClient, provider: Any, claims: dict[str, Any]
) -> None:
    provider.id_claims = claims

    page = client.get(provider.approve(client.get("/dashboard")))

    assert page.status_code == 400
    assert "Please sign in again" in page.text
    assert client.get_cookie("dashboard_session") is None


def test_refuses_an_id_token_of_a_strangers_key(client: FlaskClient, provider: Any) -> None:
    provider.key = ECKey.generate_key("P-256", {"kid": provider.key.kid})

    assert client.get(provider.approve(client.get("/dashboard"))).status_code == 400


def test_follows_a_key_rotation(client: FlaskClient, provider: Any, sign_in: Callable[..., TestResponse]) -> None:
    sign_in()
    provider.key = ECKey.generate_key("P-256", auto_kid=True)
    provider.published.append(provider.key)

    assert client.get(provider.approve(client.get("/sign-in"))).status_code == 303


@pytest.mark.parametrize("iss", ["", "&iss=https://evil.example"])
def test_refuses_an_answer_of_another_provider(client: FlaskClient, provider: Any, iss: str) -> None:
    """RFC 9207: mix-up attacks."""
    back = provider.approve(client.get("/dashboard")).partition("&iss=")[0] + iss

    assert client.get(back).status_code == 400
    assert provider.requests == []


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "You chose not to continue"), ("server_error", "did not work")]
)
def test_explains_the_providers_refusal(client: FlaskClient, provider: Any, error: str, words: str) -> None:
    state = query(client.get("/dashboard").location)["state"]

    page = client.get(f"/callback?error={error}&error_description=%3Cb%3E&state={state}&iss={provider.issuer}")

    assert page.status_code == 400
    assert words in page.text
    assert "<b>" not in page.text


def test_a_code_that_is_refused_is_explained(client: FlaskClient, provider: Any) -> None:
    provider.token_error = {"error": "invalid_grant"}

    assert "Please sign in again" in client.get(provider.approve(client.get("/dashboard"))).text


def test_a_provider_that_is_down_is_said_and_can_be_tried_again(client: FlaskClient, provider: Any, clock: Any) -> None:
    document, provider.answer = provider.answer, lambda *_: (500, {})

    page = client.get("/dashboard?view=2")

    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert 'href="/dashboard?view=2"' in page.text
    assert "Support code" in page.text
    provider.answer = document
    clock.offset = 2
    assert client.get("/dashboard?view=2").status_code == 303


def test_a_callback_that_lost_the_provider_leads_back_to_where_one_was_going(
    client: FlaskClient, provider: Any, clock: Any
) -> None:
    """Not to the callback: its code is used up, or will be."""
    callback = provider.approve(client.get("/payments?year=2"))
    provider.answer = lambda *_: (500, {})
    clock.offset = 700
    page = client.get(callback)

    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "/callback" not in page.text
    assert 'href="/sign-in?next=/payments?year%3D2"' in page.text or "next=/payments%3Fyear" in page.text


@pytest.mark.parametrize("claims", [{"iat": 4_000_000_000}, {"exp": 1_000_000_000}])
def test_a_wrong_clock_is_said_to_be_the_operators_matter(
    client: FlaskClient, provider: Any, claims: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    provider.id_claims = claims
    page = client.get(provider.approve(client.get("/dashboard")))

    assert page.status_code == 503
    assert "A clock of this service" in page.text
    assert client.get_cookie("dashboard_session") is None
    assert any(record.levelname == "ERROR" and "clock is wrong" in record.message for record in caplog.records)


def test_a_discovery_document_about_somebody_else_is_not_followed(client: FlaskClient, provider: Any) -> None:
    provider.metadata = {"issuer": "https://evil.example"}

    assert client.get("/dashboard").status_code == 503


def test_discovery_is_read_once_and_again_after_ten_minutes(client: FlaskClient, provider: Any, clock: Any) -> None:
    client.get("/dashboard")
    client.get("/dashboard")
    assert provider.fetched.count("/.well-known/openid-configuration") == 1
    clock.offset = 601
    client.get("/dashboard")
    assert provider.fetched.count("/.well-known/openid-configuration") == 2
