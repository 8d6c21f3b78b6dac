"""The certificate service with a provider double; people are whoever a test says, and officers if it says so."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from clients.certificates.app import create
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.relying_party import start

PURPOSE = "I file for my firm"


@pytest.fixture
def certificates(tmp_path: Path, provider: Any, clock: Any) -> Iterator[Flask]:
    app = start(
        create,
        load_relying_party("certificates", {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer, "PROFILE": "test"}),
    )
    app.extensions["sso"].clock = clock
    app.extensions["sso"].sessions._clock = clock
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def arrive(certificates: Flask, provider: Any, clock: Any) -> Callable[..., FlaskClient]:
    """Sign somebody in, `strong`ly or not; returns their browser."""

    def run(sub: str = "alice-1", *, name: str = "", roles: tuple[str, ...] = (), strong: bool = False) -> FlaskClient:
        browser = certificates.test_client()
        claims = {"aud": "certificates", "sub": sub, "sid": f"s-{sub}"}
        provider.id_claims = claims | {"acr": "aal2" if strong else "aal1", "auth_time": int(clock())}
        provider.userinfo = {
            "sub": sub,
            "name": name or sub.title(),
            "preferred_username": sub,
            "email": f"{sub}@example.org",
            "roles": list(roles),
        }
        assert browser.get(provider.approve(browser.get("/sign-in"))).status_code == 303
        return browser

    return run


@pytest.fixture
def change(certificates: Flask) -> Callable[[str], None]:
    """Change the database; for time that passes, say."""

    def run(sql: str) -> None:
        with certificates.app_context():
            db.session.execute(text(sql))
            db.session.commit()

    return run


@pytest.fixture
def officer(arrive: Callable[..., FlaskClient]) -> FlaskClient:
    return arrive("olga-1", roles=("certificate_officer",))


def csr(key: Any = None, *, signed_by: Any = None) -> str:
    """Return a request for a key, new if there is none; `signed_by` another one it proves nothing."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    if signed_by is None:
        return made.public_bytes(Encoding.PEM).decode()
    der = bytearray(made.public_bytes(Encoding.DER))
    der[-1] ^= 1
    return x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()


def small_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def send(browser: FlaskClient, path: str, /, *, form: str = "", **fields: Any) -> TestResponse:
    """Open a page (or the one that has the `form`), and send its form with the token that every page has."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(form or path).text)
    return browser.post(path, data={"csrf_token": token[1] if token else "", **fields})


@pytest.fixture
def ask() -> Callable[..., tuple[str, str]]:
    """Ask for a certificate; returns the request's address and its code."""

    def run(browser: FlaskClient, request: str = "") -> tuple[str, str]:
        page = send(browser, "/certificates/new", purpose=PURPOSE, request=request or csr())
        assert page.status_code == 200, page.text
        code, address = (
            re.search(r'id="code" dir="ltr">([^<]+)', page.text),
            re.search(r"/certificates/requests/[\w-]+", page.text),
        )
        assert code, page.text
        assert address
        return address[0], code[1]

    return run


@pytest.fixture
def decide(officer: FlaskClient) -> Callable[..., TestResponse]:
    def run(
        address: str, decision: str = "approve", answer: str = "", *, by: FlaskClient | None = None
    ) -> TestResponse:
        path = f"/officer{address.removeprefix('/certificates')}"
        return send(by or officer, path, decision=decision, answer=answer)

    return run
