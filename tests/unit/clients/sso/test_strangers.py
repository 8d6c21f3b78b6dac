"""What strangers send to a relying party: other hosts, NUL characters, JSON without end; each has one answer, and none is an error of ours."""

from base64 import urlsafe_b64encode

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "path", ["/", "/dashboard", "/callback", "/api/", "/api/messages", "/backchannel-logout", "/nothing"]
)
def test_an_unknown_host_is_answered_nothing(client: FlaskClient, path: str) -> None:
    for host in ("evil.example", "localhost.evil.example", "192.0.2.1:8001", "[::ffff"):
        refused = client.get(path, headers={"Host": host})
        assert refused.status_code == 421
        assert "evil" not in refused.text
    assert client.get("/health/live", headers={"Host": "192.0.2.1:8001"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/callback?state=%00", 400),
        ("/sign-in?next=%00", 400),
        ("/?%00=x", 400),
        ("/nothing%00", 404),
        ("/api/payments?q=%00", 400),
    ],
)
def test_a_nul_is_answered_the_same_everywhere(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    if path.startswith("/api/"):
        assert answer.json
        assert answer.json["error"] == "invalid_request"
    assert client.post("/backchannel-logout", data={"logout_token": "a\0b"}).status_code == 400


@pytest.mark.parametrize("deep", ["[" * 50_000, '{"a":' * 5_000, "x" * 90_000])
def test_a_logout_token_without_end_is_refused(client: FlaskClient, deep: str) -> None:
    part = urlsafe_b64encode(deep.encode()).decode().rstrip("=")
    for token in (f"{part}.{part}.x", f"eyJhIjoxfQ.{part}.x", "." * 200_000):
        assert client.post("/backchannel-logout", data={"logout_token": token}).status_code == 400


def test_a_form_without_end_is_refused(client: FlaskClient) -> None:
    form = "application/x-www-form-urlencoded"
    assert client.post("/backchannel-logout", data="a&" * 100_000, content_type=form).status_code == 413
