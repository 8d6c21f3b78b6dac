"""Forms inside widgets: what is refused says why, twice is once, and nobody reaches what another person keeps."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db

FETCH = {"X-Requested-With": "fetch"}
Arrive = Callable[[str], FlaskClient]


@pytest.fixture
def arrive(app: Flask, provider: Any) -> Arrive:
    def run(sub: str) -> FlaskClient:
        browser = app.test_client()
        provider.id_claims = {"sub": sub, "sid": f"s-{sub}"}
        provider.userinfo = {"sub": sub, "name": sub.title(), "preferred_username": sub}
        assert browser.get(provider.approve(browser.get("/sign-in"))).status_code == 303
        return browser

    return run


@pytest.fixture
def post(csrf: Callable[[TestResponse], str]) -> Callable[..., TestResponse]:
    def run(browser: FlaskClient, path: str, *, script: bool = True, **fields: str) -> TestResponse:
        token = csrf(browser.get("/dashboard/widgets/quick-links"))
        return browser.post(path, data=fields | {"csrf_token": token}, headers=FETCH if script else {})

    return run


def card(browser: FlaskClient, widget: str) -> str:
    return browser.get(f"/dashboard/widgets/{widget}").text


def entries(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [
            tuple(row)
            for row in db.session.execute(db.text("SELECT sub, list, value FROM widget_entry ORDER BY sub, list"))
        ]


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/dashboard/links", {"address": "javascript:alert(1)"}, "Enter an address"),
        ("/dashboard/links", {"address": ""}, "Enter an address"),
        ("/dashboard/clock", {"zone": "Mars/Olympus"}, "Choose a city."),
        ("/dashboard/clock", {"zone": "../../etc/passwd"}, "Choose a city."),
        ("/dashboard/search/patent", {"q": " \x01 ", "action": "save"}, "Write what you search for"),
        ("/dashboard/notepad", {"text": "x", "base": "", "version": "one"}, "This page is too old."),
        ("/dashboard/notepad", {"text": "x" * 20_001, "base": "", "version": "0"}, "at most 20000 characters"),
    ],
)
def test_what_is_not_taken(arrive: Arrive, post: Any, path: str, fields: Any, said: str) -> None:
    alice = arrive("alice-1")
    answer = post(alice, path, **fields)
    assert (answer.status_code, answer.content_type) == (422, "text/plain; charset=utf-8")
    assert said in answer.text
    assert entries(alice.application) == []
    back = post(alice, path, script=False, **fields)
    assert back.status_code == 303
    assert said in alice.get(back.location.partition("#")[0]).text


def test_links(arrive: Arrive, post: Any) -> None:
    alice = arrive("alice-1")
    assert post(alice, "/dashboard/links", address="example.org", title="<b>One</b>").status_code == 204
    assert post(alice, "/dashboard/links", address="https://example.org").text == "This link is there already."
    assert post(alice, "/dashboard/links", address="example.com/two").status_code == 204
    page = card(alice, "quick-links")
    assert "&lt;b&gt;One&lt;/b&gt;" in page
    ids = re.findall(r'name="entry" value="([\w-]{22})"', page)
    for action in ("up", "down", "remove", "remove", "nonsense"):
        assert post(alice, "/dashboard/links/change", entry=ids[1], action=action).status_code == 204
    assert re.findall(r'href="(https://[^"]+)"', card(alice, "quick-links")) == ["https://example.org"]


def test_a_search(arrive: Arrive, post: Any) -> None:
    alice = arrive("alice-1")
    assert post(alice, "/dashboard/search/brand", q="a&b", action="save").status_code == 204
    assert post(alice, "/dashboard/search/brand", q=" a&b ", action="save").text == "This search is saved already."
    assert "brandName=a%26b" in card(alice, "brand-search")
    leaving = post(alice, "/dashboard/search/brand", script=False, q='"><script>')
    assert leaving.status_code == 200
    assert "brandName=%22%3E%3Cscript%3E" in leaving.text
    assert "Referrer-Policy" in leaving.headers
    for unknown in ("/dashboard/search/other", "/dashboard/search/other/remove"):
        assert post(alice, unknown, q="x").status_code == 404


def test_nobody_reaches_what_another_keeps(app: Flask, arrive: Arrive, post: Any) -> None:
    alice, bob = arrive("alice-1"), arrive("bob-2")
    for path, fields in (
        ("/dashboard/links", {"address": "secret.example"}),
        ("/dashboard/clock", {"zone": "Asia/Tokyo"}),
        ("/dashboard/search/patent", {"q": "secret", "action": "save"}),
        ("/dashboard/notepad", {"text": "secret", "base": "", "version": "0"}),
    ):
        assert post(alice, path, **fields).status_code in {200, 204}
    with app.app_context():
        ids = [row[0] for row in db.session.execute(db.text("SELECT id FROM widget_entry"))]
    before = entries(app)
    assert len(before) == 3
    for one in ids:
        for path in ("/dashboard/links/change", "/dashboard/clock/remove", "/dashboard/search/patent/remove"):
            assert post(bob, path, entry=one, action="remove", sub="alice-1").status_code == 204
    for widget in ("quick-links", "patent-search", "notepad"):
        assert "secret" not in card(bob, widget)
    assert bob.get("/dashboard/notepad?sub=alice-1").json == {"text": "", "version": 0}
    assert post(bob, "/dashboard/notepad", text="mine", base="secret", version="1").status_code == 200
    assert alice.get("/dashboard/notepad").json == {"text": "secret", "version": 1}
    assert entries(app) == before


def test_strangers_and_forged_forms(app: Flask, arrive: Arrive) -> None:
    for path in ("/dashboard/links", "/dashboard/clock", "/dashboard/search/patent", "/dashboard/notepad"):
        assert arrive("alice-1").post(path, data={"address": "example.org"}, headers=FETCH).status_code == 400
        assert app.test_client().get("/dashboard/notepad").status_code == 303
    assert entries(app) == []
