"""Pairing's page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clients.pairing.app import create
from clients.sso.db import db
from config.settings import load_relying_party


@pytest.fixture
def pairing(tmp_path: Path, provider: Any) -> Iterator[Flask]:
    provider.id_claims = {"aud": "pairing"}
    app = create(load_relying_party("pairing", {"DATA_DIR": str(tmp_path), "ISSUER": provider.issuer}))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_says_what_the_account_is_paired_to(pairing: Flask, provider: Any) -> None:
    client = pairing.test_client()
    client.get(provider.approve(client.get("/")))

    page = client.get("/")

    assert "Your account isn’t paired to your Office." in page.text
    assert "Your account isn’t paired to your Member State." in page.text
    assert "Office Customer ID" in page.text
    assert "Access Code" in page.text
