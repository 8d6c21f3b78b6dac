import re
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from tests.unit.web.conftest import make_app


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_form_needs_its_token(client: FlaskClient) -> None:
    token = _token(client.get("/form").text)
    assert client.post("/form", data={"csrf_token": token}).status_code == 200
    refused = client.post("/form", data={"csrf_token": token[:-1]})
    assert refused.status_code == 400
    assert "open for too long" in refused.text
    assert 'href="/form"' in refused.text


def test_the_cookie_is_plain_on_loopback_and_host_bound_on_https(client: FlaskClient, tmp_path: Path) -> None:
    plain = client.get("/form").headers["Set-Cookie"]
    assert plain.startswith("idp_web=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    secure = make_app(tmp_path, ISSUER="https://localhost").test_client().get("/form", base_url="https://localhost")
    assert secure.headers["Set-Cookie"].startswith("__Host-web=")
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get("/form").headers


@pytest.mark.parametrize(
    ("offered", "kept"), [("abc-12345", True), ("short", False), ("evil\tid-12345", False), ("x" * 65, False)]
)
def test_a_proxy_s_request_id_is_kept_only_if_harmless(tmp_path: Path, offered: str, kept: bool) -> None:
    client = make_app(tmp_path, IDP_TRUSTED_PROXIES="1").test_client()
    answer = client.get("/form", headers={"X-Request-Id": offered}).headers["X-Request-Id"]
    assert (answer == offered) is kept
    assert len(answer) >= 8


def test_a_stranger_cannot_choose_the_id_of_the_audit_trail(client: FlaskClient) -> None:
    assert client.get("/form", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"] != "abc-12345"


def test_the_access_line_has_the_path_without_its_query(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    given = client.get("/form?code=secret-code").headers["X-Request-Id"]
    line = orjson.loads(capfd.readouterr().err.splitlines()[-1])
    assert line["path"] == "/form"
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 200, given)
    assert "secret-code" not in str(line)


def test_forwarded_headers_count_only_behind_proxies(tmp_path: Path) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    for count, expected in (("0", "127.0.0.1"), ("1", "203.0.113.9"), ("2", "198.51.100.7")):
        app = make_app(tmp_path, IDP_TRUSTED_PROXIES=count)

        @app.get("/address")
        def address() -> str:
            from flask import request

            from idp.web import client_address

            return client_address(request.environ)

        assert app.test_client().get("/address", headers=headers).text == expected
