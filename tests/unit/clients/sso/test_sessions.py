"""How long a person stays signed in here."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def test_an_unused_session_ends(client: FlaskClient, sign_in: Callable[..., TestResponse], clock: Any) -> None:
    sign_in()
    clock.offset = 2 * 3600 - 5
    assert client.get("/dashboard").status_code == 200
    clock.offset += 2 * 3600 - 5
    assert client.get("/dashboard").status_code == 200
    clock.offset += 2 * 3600
    assert client.get("/dashboard").status_code == 303


def test_a_busy_session_ends_too(client: FlaskClient, sign_in: Callable[..., TestResponse], clock: Any) -> None:
    sign_in()
    for _ in range(11):
        clock.offset += 3600
        assert client.get("/dashboard").status_code == 200
    clock.offset += 3600
    assert client.get("/dashboard").status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:-1] + "~",
        lambda value: value.split(".")[0],
        lambda _: "",
        lambda _: ".",
        lambda _: "é.é",
        lambda _: "\\000.x",
    ],
)
def test_only_the_whole_cookie_proves_a_session(
    client: FlaskClient, sign_in: Callable[..., TestResponse], change: Callable[[str], str]
) -> None:
    sign_in()
    cookie = client.get_cookie("dashboard_session")
    assert cookie is not None
    client.set_cookie("dashboard_session", change(cookie.value))

    assert client.get("/dashboard").status_code == 303
