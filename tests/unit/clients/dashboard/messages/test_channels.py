"""What people chose is what they get: which messages wait to be told of, by which channel, and what only security may."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db

Arrive = Callable[..., FlaskClient]
Post = Callable[..., str]
Csrf = Callable[[TestResponse], str]
Choose = Callable[..., TestResponse]


@pytest.fixture
def choose(csrf: Csrf) -> Choose:
    """Save the form as a person has ticked it; a service that isn't among `shown` wasn't on the page."""

    def run(browser: FlaskClient, shown: Iterable[str] = (), **ticked: list[str]) -> TestResponse:
        token = csrf(browser.get("/messages/services"))
        form: dict[str, Any] = {"csrf_token": token, "service": list(shown), **ticked}
        return browser.post("/messages/services", data=form, follow_redirects=True)

    return run


def waiting(app: Flask) -> list[tuple[str, bool, bool]]:
    sql = "SELECT m.subject, n.email, n.push FROM message_notice n JOIN message m ON m.id = n.message_id ORDER BY m.number"
    with app.app_context():
        return [(subject, bool(email), bool(push)) for subject, email, push in db.session.execute(db.text(sql))]


def test_nobody_is_told_of_anything_they_did_not_ask_for(app: Flask, post: Post) -> None:
    post(importance="high")
    assert waiting(app) == []


def test_each_service_and_channel(app: Flask, arrive: Arrive, post: Post, choose: Choose) -> None:
    for service in ("a", "b", "c", "d"):
        post(service)
    browser = arrive()
    page = choose(browser, "abcd", email=["a", "c", "d"], push=["b", "c", "d"], muted=["d"])
    assert "Your choices are saved." in page.text
    assert page.text.count("checked") == 7
    for service in ("a", "b", "c", "d"):
        post(service, subject=service)
        post(service, subject="Bob’s", sub="bob-2")
    assert waiting(app) == [("a", True, False), ("b", False, True), ("c", True, True)]
    choose(browser, "abcd")
    post("a", subject="quiet again")
    assert len(waiting(app)) == 3


def test_new_services(app: Flask, arrive: Arrive, post: Post, choose: Choose) -> None:
    post("old")
    browser = arrive()
    page = choose(browser, ["old"], new=["email"])
    assert page.text.count("checked") == 1
    post("old", subject="old"), post("fresh", subject="fresh"), post("fresh", sub="bob-2", subject="Bob’s")
    assert waiting(app) == [("fresh", True, False)]
    # One that has written while the form was open keeps what holds for new ones.
    choose(browser, ["old"], new=["push"])
    post("fresh", subject="again"), post("later", subject="later")
    assert waiting(app)[1:] == [("again", True, False), ("later", False, True)]


def test_choices_are_all_kept_or_none(app: Flask, arrive: Arrive, post: Post, choose: Choose) -> None:
    post("mine"), post("bobs", sub="bob-2")
    browser = arrive()
    for wrong in ("bobs", "nobody", "x" * 300):
        assert choose(browser, ["mine", wrong], new=["email"], email=["mine", wrong]).status_code == 404
    post("mine", subject="x"), post("other", subject="x"), post("bobs", sub="bob-2", subject="x")
    assert waiting(app) == []


def test_security_ignores_what_was_chosen(app: Flask, arrive: Arrive, post: Post, choose: Choose) -> None:
    post()
    browser = arrive()
    assert "can’t be switched off" in choose(browser, ["notices"], muted=["notices"]).text
    post(subject="whisper"), post(subject="alarm", category="security")
    assert waiting(app) == [("alarm", True, False)]
    assert "alarm" in browser.get("/messages?view=unread").text
    assert "whisper" not in browser.get("/messages?view=unread").text
    choose(browser, ["notices"], muted=["notices"], push=["notices"])
    post(subject="alarm 2", category="security")
    assert waiting(app)[1:] == [("alarm 2", True, True)]


def test_who_was_told_already_is_not_told_again(app: Flask, arrive: Arrive, post: Post) -> None:
    post(subject="alarm", category="security", notified=True)
    assert waiting(app) == []
    assert "alarm" in arrive().get("/messages?view=unread").text


@pytest.mark.parametrize(
    ("service", "fields", "wrong"),
    [
        ("filing", {"category": "security"}, "category"),
        ("filing", {"category": "security", "notified": True}, "category"),
        ("filing", {"notified": True}, "notified"),
        ("notices", {"notified": True}, "notified"),
        ("notices", {"category": "alarm"}, "category"),
        ("notices", {"notified": "yes"}, "notified"),
    ],
)
def test_what_a_service_may_not(
    app: Flask, send: Callable[..., TestResponse], service: str, fields: dict[str, Any], wrong: str
) -> None:
    response = send(service, **fields)
    assert (response.status_code, list(response.json["errors"])) == (422, [wrong])
    assert waiting(app) == []


def test_a_call_that_is_repeated_is_told_of_once(app: Flask, send: Callable[..., TestResponse]) -> None:
    for _ in range(2):
        assert send(key="k", category="security").status_code == 201
    assert len(waiting(app)) == 1
