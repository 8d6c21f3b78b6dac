"""Relying parties beside a provider double, and people who sign in there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.dashboard.app import create
from clients.sso.db import db
from config.settings import RelyingPartySettings, load_relying_party
from tests.support.provider_double import Clock, ProviderDouble, provider_double
from tests.support.relying_party import start


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[ProviderDouble]:
    with provider_double(clock) as double:
        yield double


@pytest.fixture
def settings(tmp_path: Path, provider: ProviderDouble) -> RelyingPartySettings:
    return load_relying_party(
        "dashboard",
        {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer, "PROFILE": "test"}
        | {"IDP_SERVICES": '{"dashboard": "http://localhost:8001", "pairing": "http://localhost:8002"}'},
    )


@pytest.fixture
def app(settings: RelyingPartySettings, clock: Clock) -> Iterator[Flask]:
    app = start(create, settings)
    app.extensions["sso"].clock = clock
    app.extensions["sso"].sessions._clock = clock
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient, provider: ProviderDouble) -> Callable[..., TestResponse]:
    """Sign in from start to end; returns the page that the person asked for."""

    def run(path: str = "/dashboard", client: FlaskClient = client) -> TestResponse:
        response = client.get(provider.approve(client.get(path)))
        assert response.status_code == 303, response.text
        return client.get(response.location)

    return run


@pytest.fixture
def csrf() -> Callable[[TestResponse], str]:
    return lambda page: page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
