import pytest
from flask import Flask, render_template_string

from config.design import Links, register
from config.settings import Brand

PAGE = "{{ language().tag }}|{{ language().dir }}|{{ language_menu() }}"


@pytest.fixture
def site(app: Flask) -> Flask:
    app.add_url_rule("/page", "page", lambda: render_template_string(PAGE))
    return app


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        ("", "", "", "en"),
        ("", "", "de, fr-CH;q=0.8, en;q=0.5", "fr"),
        ("", "", "de, fr;q=0", "en"),
        ("", "ar", "fr", "ar"),
        ("lang=zh", "ar", "fr", "zh"),
        ("lang=xx", "ar", "fr", "ar"),
        ("ui_locales=de+fr-CA+ar", "", "ar", "fr"),
        ("ui_locales=fr", "ar", "", "ar"),
        ("lang=../../etc", "", "", "en"),
        ("", "nonsense", "fr" * 5000, "en"),
    ],
)
def test_the_order_of_wishes(site: Flask, query: str, cookie: str, accept: str, expected: str) -> None:
    client = site.test_client()
    if cookie:
        client.set_cookie("locale", cookie)
    assert client.get(f"/page?{query}", headers={"Accept-Language": accept}).text.split("|")[0] == expected


def test_arabic_runs_from_right_to_left(site: Flask) -> None:
    assert site.test_client().get("/page?lang=ar").text.split("|")[1] == "rtl"


def test_a_choice_is_remembered_and_a_services_wish_only_for_now(site: Flask) -> None:
    client = site.test_client()
    assert "Max-Age" not in client.get("/page?ui_locales=fr").headers["Set-Cookie"]
    chosen = client.get("/page?lang=ar").headers["Set-Cookie"]
    assert chosen.startswith("locale=ar")
    assert "Max-Age=31536000" in chosen
    assert "Set-Cookie" not in client.get("/page?ui_locales=fr").headers
    assert client.get("/page").text.startswith("ar|")


def test_a_link_keeps_the_pages_query_and_nothing_of_it_can_break_out(site: Flask) -> None:
    text = site.test_client().get('/page?a=1&a=2&lang=fr&x="><script>').text
    assert 'href="?a=1&amp;a=2&amp;x=%22%3E%3Cscript%3E&amp;lang=en"' in text
    assert "<script>" not in text


def test_one_language_needs_no_menu() -> None:
    app = Flask("test")
    app.secret_key = "test"
    register(app, brand=Brand(), links=Links.under(), languages=("en",), service="IP Account")
    app.add_url_rule("/page", "page", lambda: render_template_string("{% extends 'design/frame.html' %}"))
    page = app.test_client().get("/page").text
    assert 'lang="en"' in page
    assert "?lang=" not in page
    assert "<li></li>" not in page
