"""Nobody reaches another person's payments: all pairs of people, by every path and parameter there is."""

import itertools
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.sso.db import db
from tests.unit.clients.dashboard.payments.conftest import MOVEMENT

PEOPLE = ("alice-1", "bob-2", "finn-3")
TABLES = ("invoice", "invoice_change", "payment", "movement")


def rows(app: Flask) -> list[list[tuple]]:
    with app.app_context():
        return [[tuple(row) for row in db.session.execute(db.text(f"SELECT * FROM {name}"))] for name in TABLES]


def test_all_pairs(
    app: Flask,
    arrive: Callable[..., FlaskClient],
    post: Callable[..., list[str]],
    call: Any,
    submit: Callable[..., TestResponse],
) -> None:
    secret = {sub: f"SECRET{number}" for number, sub in enumerate(PEOPLE)}
    browsers = {sub: arrive(sub) for sub in PEOPLE}
    mine, moved, slips, seen = {}, {}, {}, {}
    for sub in PEOPLE:
        titles = [{"sub": sub, "title": f"{secret[sub]} {at}", "reference": f"{secret[sub]}-{at}"} for at in range(3)]
        mine[sub] = post(*titles, service=f"service-{sub}")
        movement = MOVEMENT | {"sub": sub, "reference": sub, "text": secret[sub]}
        moved[sub] = call("POST", "/movements", movement, service=f"service-{sub}").json["id"]
        submit(browsers[sub], "/payments", invoice=mine[sub][:1], to="basket")
        (digest,) = re.findall(r'name="basket" value="(\w+)"', browsers[sub].get("/payments/basket").text)
        slips[sub] = submit(browsers[sub], "/payments/basket", action="check_out", basket=digest).location
        submit(browsers[sub], "/payments", invoice=mine[sub][1:2], to="basket")
        (seen[sub],) = re.findall(r'name="basket" value="(\w+)"', browsers[sub].get("/payments/basket").text)
    before = rows(app)
    for visitor, owner in itertools.permutations(PEOPLE, 2):
        browser, theirs = browsers[visitor], mine[owner]
        answers = [
            *(browser.get(f"/payments/{one}") for one in theirs),
            browser.get(slips[owner]),
            *(submit(browser, f"/payments/{one}", to=to) for one in theirs for to in ("basket", "unpaid")),
            submit(browser, f"/payments?sub={owner}", invoice=theirs, to="basket", sub=owner),
            submit(browser, "/payments", invoice=theirs, to="unpaid"),
            submit(browser, "/payments/basket", action="take_out", invoice=theirs),
            submit(browser, "/payments/basket", action="check_out", basket=seen[owner]),
            browser.get("/payments", query_string={"q": secret[owner].lower()}),
            browser.get("/payments", query_string={"state": "unpaid", "after": theirs[2], "sub": owner}),
            browser.get("/payments/account", query_string={"after": moved[owner], "sub": owner}),
            browser.get("/payments/basket", query_string={"sub": owner}),
            browser.get("/payments"),
        ]
        assert [one.status_code for one in answers[:10]] == [404] * 10
        for answer in answers:
            text = re.sub(r'value="secret\d"|q=secret\d', "", answer.text)
            assert secret[owner].lower() not in text.lower(), answer.request.path
    assert rows(app) == before
