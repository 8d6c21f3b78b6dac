import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from idp.web import headers


def test_every_page_is_strict(client: FlaskClient) -> None:
    found = client.get("/form").headers
    policy = found["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("form-action 'self'")
    assert found["Cache-Control"] == "no-store"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"


def test_a_page_for_a_client_lets_its_form_end_there(client: FlaskClient) -> None:
    found = client.get("/for-client").headers
    assert found["Content-Security-Policy"].endswith("form-action 'self' https://client.example:8443")
    assert found["Referrer-Policy"] == "no-referrer"
    # and only that one page
    assert client.get("/form").headers["Content-Security-Policy"].endswith("form-action 'self'")


def test_assets_are_cached_for_good(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        url = render_template_string("{{ asset('theme.css') }}")
    assert "immutable" in client.get(url).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("redirect_uri", "source"),
    [
        ("https://client.example/cb", "https://client.example"),
        ("http://127.0.0.1:4711/cb", "http://127.0.0.1:4711"),
        ("http://[::1]:4711/cb", "http:"),
        ("com.example.app:/cb", "com.example.app:"),
        ("https://bad;script-src *.example/cb", "https:"),
        ("https://bad host/cb", "https:"),
    ],
)
def test_a_source_says_where_and_nothing_else(redirect_uri: str, source: str) -> None:
    assert headers._source(redirect_uri) == source
