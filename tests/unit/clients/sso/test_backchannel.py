"""The provider says that a session is over (OpenID Connect Back-Channel Logout 1.0 sections 2.4 to 2.8)."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

EVENTS = {"http://schemas.openid.net/event/backchannel-logout": {}}
SignIn = Callable[..., TestResponse]


@pytest.fixture
def token(provider: Any, clock: Any) -> Callable[..., str]:
    def make(typ: str = "logout+jwt", key: ECKey | None = None, **changes: Any) -> str:
        now = int(clock())
        claims = {"iss": provider.issuer, "aud": "dashboard", "iat": now, "exp": now + 120, "events": EVENTS}
        claims |= {"jti": secrets.token_hex(8), "sub": "alice-1", "sid": "s-1"} | changes
        return provider.sign({name: value for name, value in claims.items() if value is not None}, typ, key)

    return make


@pytest.fixture
def post(app: Flask) -> Callable[[str], TestResponse]:
    return lambda token: app.test_client().post("/backchannel-logout", data={"logout_token": token})


@pytest.mark.parametrize("names", [{}, {"sub": None}, {"sid": None}, {"aud": ["dashboard", "pairing"]}])
def test_ends_the_sessions_that_it_names(
    client: FlaskClient, sign_in: SignIn, post: Any, token: Any, names: dict[str, Any]
) -> None:
    sign_in()

    response = post(token(**names))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get("/dashboard").status_code == 303


@pytest.mark.parametrize("names", [{"sid": "s-2"}, {"sub": "bob-1", "sid": None}, {"sub": "bob-1"}])
def test_leaves_other_sessions_alone(
    client: FlaskClient, sign_in: SignIn, post: Any, token: Any, names: dict[str, Any]
) -> None:
    sign_in()

    assert post(token(**names)).status_code == 200
    assert client.get("/dashboard").status_code == 200


def test_a_person_is_signed_out_in_every_browser(
    app: Flask, provider: Any, sign_in: SignIn, post: Any, token: Any
) -> None:
    browsers = [app.test_client(), app.test_client()]
    for number, client in enumerate(browsers):
        provider.id_claims = {"sid": f"s-{number}"}
        sign_in(client=client)

    post(token(sid=None))

    assert [client.get("/dashboard").status_code for client in browsers] == [303, 303]


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "pairing"},
        {"aud": None},
        {"iat": None},
        {"iat": 1},
        {"iat": 99_999_999_999},
        {"iat": "now"},
        {"exp": 1},
        {"exp": None},
        {"events": None},
        {"events": []},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": "yes"}},
        {"sub": None, "sid": None},
        {"sub": 7},
        {"sid": ["s-1"]},
        {"nonce": "n"},
        {"jti": None},
        {"jti": ""},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
    ],
)
def test_refuses_what_is_no_logout_token_for_this_client(
    client: FlaskClient, sign_in: SignIn, post: Any, token: Any, changes: dict[str, Any]
) -> None:
    sign_in()

    response = post(token(**changes))

    assert response.status_code == 400
    assert response.json["error"] == "invalid_request"
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get("/dashboard").status_code == 200


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_refuses_nonsense(post: Any, text: str) -> None:
    assert post(text).status_code == 400


def test_refuses_a_strangers_signature(provider: Any, post: Any, token: Any) -> None:
    assert post(token(key=ECKey.generate_key("P-256", {"kid": provider.key.kid}))).status_code == 400


def test_unknown_keys_do_not_make_it_fetch_for_each_token(provider: Any, post: Any, token: Any) -> None:
    for _ in range(5):
        assert post(token(key=ECKey.generate_key("P-256", auto_kid=True))).status_code == 400

    assert provider.fetched.count("/jwks") == 2


def test_a_token_is_obeyed_once(client: FlaskClient, sign_in: SignIn, post: Any, token: Any) -> None:
    logout = token(sid=None)
    assert post(logout).status_code == 200
    sign_in()

    assert post(logout).status_code == 400
    assert client.get("/dashboard").status_code == 200


def test_asks_to_be_told_again_when_the_keys_cannot_be_had(provider: Any, post: Any, token: Any, clock: Any) -> None:
    logout = token()
    document, provider.answer = provider.answer, lambda *_: (500, {})
    assert post(logout).status_code == 503
    provider.answer = document
    clock.offset = 2

    assert post(logout).status_code == 200
