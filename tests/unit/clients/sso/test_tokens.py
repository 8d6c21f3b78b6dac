"""A person's tokens for APIs: narrow, kept, renewed in silence; the access ends with the session, and never by our own haste."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db
from clients.sso.models import SsoAccessToken, SsoGrant
from clients.sso.outcomes import NoTokenError, ProviderUnavailableError, RefusedError
from clients.sso.tokens import access_token

PAIRING = "http://localhost:8002/api"
SCOPES = ("pairing:read",)


@pytest.fixture
def token(app: Flask, client: FlaskClient) -> Callable[..., str]:
    """Ask for a token as a view of the signed-in person would."""

    def ask(refused: str = "", resource: str = PAIRING) -> str:
        cookie = client.get_cookie("dashboard_session")
        headers = {"Cookie": f"dashboard_session={cookie.value}"} if cookie else {}
        with app.test_request_context("/", headers=headers):
            return access_token(resource, SCOPES, refused=refused)

    return ask


@pytest.fixture
def signed_in(sign_in: Callable[..., TestResponse], provider: Any) -> None:
    sign_in()
    provider.requests.clear()


def test_sign_in_asks_for_every_api_and_takes_a_token_for_the_provider_alone(
    client: FlaskClient, provider: Any, sign_in: Callable[..., TestResponse]
) -> None:
    asked = parse_qs(urlsplit(client.get("/dashboard").location).query)
    assert asked["resource"] == [provider.issuer, PAIRING]
    assert asked["scope"][0].split() == ["openid", "profile", "email", "pairing:read"]
    sign_in()
    assert provider.requests[-1]["resource"] == provider.issuer


@pytest.mark.usefixtures("signed_in")
def test_a_token_is_for_one_api_and_kept_while_it_is_good(token: Callable[..., str], provider: Any, clock: Any) -> None:
    first = token()
    assert first.startswith(f"{PAIRING} pairing:read")
    assert token() == first
    assert len(provider.requests) == 1
    clock.offset += 280
    assert token() != first
    assert len(provider.requests) == 2
    assert [one["grant_type"] for one in provider.requests] == ["refresh_token"] * 2


@pytest.mark.usefixtures("signed_in")
def test_a_token_that_the_api_refused_is_replaced(token: Callable[..., str]) -> None:
    first = token()
    second = token(first)
    assert second != first
    assert token() == second


@pytest.mark.usefixtures("signed_in")
def test_nothing_is_stored_in_clear(app: Flask, token: Callable[..., str], provider: Any) -> None:
    given = token()
    with app.app_context():
        (grant,) = db.session.execute(db.select(SsoGrant)).scalars()
        (kept,) = db.session.execute(db.select(SsoAccessToken)).scalars()
        assert provider.refresh_token not in grant.refresh_token
        assert given not in kept.token
        assert grant.held_until == 0


@pytest.mark.usefixtures("signed_in")
def test_an_access_that_ended_at_the_provider_ends_here(
    token: Callable[..., str], provider: Any, sign_in: Callable[..., TestResponse]
) -> None:
    provider.refresh_token = "another"
    for _ in range(2):
        with pytest.raises(NoTokenError):
            token()
    assert len(provider.requests) == 1
    sign_in("/sign-in?next=/dashboard")
    assert token()


@pytest.mark.usefixtures("signed_in")
def test_a_failure_in_between_loses_nothing(token: Callable[..., str], provider: Any) -> None:
    provider.token_error = {"error": "invalid_target"}
    with pytest.raises(RefusedError):
        token()
    provider.token_error = None
    assert token()
    provider.server.server_close()
    provider.server.shutdown()
    assert token()
    with pytest.raises(ProviderUnavailableError):
        token(resource=f"{PAIRING}/other")


@pytest.mark.usefixtures("signed_in")
def test_it_goes_with_the_session(app: Flask, client: FlaskClient, token: Callable[..., str], csrf: Any) -> None:
    token()
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/dashboard"))})
    with pytest.raises(NoTokenError):
        token()
    with app.app_context():
        assert not db.session.execute(db.select(SsoGrant)).all()
        assert not db.session.execute(db.select(SsoAccessToken)).all()
