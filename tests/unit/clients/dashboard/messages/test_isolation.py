"""Nobody reaches another person's messages: all pairs of people, by every path and parameter there is."""

import itertools
import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db

PEOPLE = ("alice-1", "bob-2", "finn-3")
ACTIONS = ("read", "unread", "archive", "restore", "read_all")


def rows(app: Flask) -> list[tuple]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(db.text("SELECT * FROM message ORDER BY number"))]


def test_all_pairs(
    app: Flask, arrive: Callable[..., FlaskClient], post: Callable[..., str], csrf: Callable[[TestResponse], str]
) -> None:
    secret = {sub: f"SECRET{number}" for number, sub in enumerate(PEOPLE)}
    mine = {}
    for sub in PEOPLE:
        post(f"service-{sub}", sub=sub, subject="Read", body="x")
        mine[sub] = [post(f"service-{sub}", sub=sub, subject=secret[sub], body=secret[sub]) for _ in range(2)]
    browsers = {sub: arrive(sub) for sub in PEOPLE}
    before = rows(app)
    for visitor, owner in itertools.permutations(PEOPLE, 2):
        browser, theirs = browsers[visitor], mine[owner]
        token = csrf(browser.get("/messages/services"))
        answers = [
            browser.get(f"/messages/{theirs[0]}"),
            browser.get(f"/messages/{theirs[0]}?sub={owner}"),
            browser.get("/messages", query_string={"sub": owner}),
            browser.get("/messages", query_string={"service": f"service-{owner}"}),
            browser.get("/messages", query_string={"q": secret[owner].lower()}),
            browser.get("/messages", query_string={"before": theirs[1]}),
            browser.get(
                "/messages", query_string={"before": theirs[1], "view": "unread", "service": f"service-{owner}"}
            ),
            browser.get("/dashboard"),
            browser.get("/messages/services"),
            browser.post(
                "/messages/services",
                data={"csrf_token": token, "service": f"service-{owner}", "muted": f"service-{owner}"},
            ),
        ]
        answers += [
            browser.post(path, data={"csrf_token": token, "action": action, "message": theirs, "sub": owner})
            for action in ACTIONS[:-1]
            for path in (f"/messages/{theirs[0]}", "/messages", f"/messages?sub={owner}")
        ]
        answers.append(
            browser.post(f"/messages?service=service-{owner}", data={"csrf_token": token, "action": "read_all"})
        )
        assert answers[0].status_code == 404
        assert answers[9].status_code == 404
        for answer in answers:
            # A search repeats what was searched for, and nothing else of it.
            text = re.sub(r'value="secret\d"|q=secret\d', "", answer.text)
            assert secret[owner].lower() not in text.lower(), answer.request.path
    assert rows(app) == before


def test_a_service_does_not_reach_what_it_wrote(
    app: Flask, post: Callable[..., str], token: Callable[..., str]
) -> None:
    message = post()
    caller = {"Authorization": f"Bearer {token()}"}
    client = app.test_client()
    assert client.get(f"/messages/{message}", headers=caller).status_code == 303
    for method in ("GET", "PUT", "DELETE"):
        assert client.open(f"/api/messages/{message}", method=method, headers=caller).status_code == 404
