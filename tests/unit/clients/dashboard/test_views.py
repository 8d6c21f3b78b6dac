"""The dashboard's pages."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def test_a_stranger_is_welcomed_and_can_sign_in(client: FlaskClient, provider: Any) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert 'id="sign-in"' in page.text
    assert provider.fetched == []


def test_a_signed_in_person_gets_what_is_theirs(
    client: FlaskClient, sign_in: Callable[..., TestResponse], provider: Any
) -> None:
    page = sign_in()

    assert "Welcome, Alice Moreau" in page.text
    assert 'href="http://localhost:8002/"' in page.text
    assert f'href="{provider.issuer}/account"' in page.text
    assert client.get("/").location == "/dashboard"
