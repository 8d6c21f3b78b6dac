"""Filing with a provider double; people sign in as strongly as a test says."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clients.filing.app import create
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.relying_party import start

API = "http://localhost:8004/api"


@pytest.fixture
def filing(tmp_path: Path, provider: Any, clock: Any) -> Iterator[Flask]:
    provider.id_claims = {"aud": "filing"}
    provider.metadata["jwks_uri"] = f"{provider.issuer}/jwks"
    app = start(
        create, load_relying_party("filing", {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer, "PROFILE": "test"})
    )
    assert app.extensions["sso"].settings.base_url == "http://localhost:8004"
    app.extensions["sso"].clock = clock
    app.extensions["sso"].sessions._clock = clock
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def arrive(filing: Flask, provider: Any, clock: Any) -> Callable[..., FlaskClient]:
    """Sign somebody in, or in again; returns their browser."""

    def run(sub: str = "alice-1", acr: str = "aal2", *, client: FlaskClient | None = None) -> FlaskClient:
        browser = client or filing.test_client()
        provider.id_claims = {"aud": "filing", "sub": sub, "sid": f"s-{sub}", "acr": acr, "auth_time": int(clock())}
        provider.userinfo = {"sub": sub, "name": sub.title()}
        back = provider.approve(browser.get("/sign-in"))
        assert browser.get(back).status_code == 303
        return browser

    return run


@pytest.fixture
def token(filing: Flask, provider: Any, clock: Any) -> Callable[..., str]:
    """Return an access token as the provider makes them (RFC 9068); a value of None leaves a claim out."""

    def make(*, typ: str = "at+jwt", key: Any = None, **changes: Any) -> str:
        now = int(clock())
        claims: dict[str, Any] = {
            "iss": provider.issuer,
            "aud": API,
            "sub": "alice-1",
            "client_id": "an-app",
            "iat": now,
            "exp": now + 300,
            "jti": "j",
            "scope": "openid filing:read filing:write",
            "auth_time": now,
            "acr": "aal2",
            "amr": ["pwd", "otp", "mfa"],
        } | changes
        said = {name: value for name, value in claims.items() if value is not None}
        return provider.sign(said, typ=typ, key=key)

    return make


@pytest.fixture
def draft() -> dict[str, str]:
    return {"kind": "patent", "title": "A quieter kettle", "applicant": "Moreau & Daughters"}
