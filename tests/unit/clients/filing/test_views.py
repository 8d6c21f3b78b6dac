"""Drafts in a browser: who sees them, what happens in two tabs, and what is asked before."""

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

Arrive = Callable[..., FlaskClient]


def fields(page: TestResponse) -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    main = page.text.partition("<main")[2]
    found = re.findall(r'<input[^>]*name="(csrf_token|version|submission)"[^>]*value="([^"]*)"', main)
    assert found, main
    return dict(found)


def save(browser: FlaskClient, draft: dict[str, str], path: str = "/drafts/new") -> TestResponse:
    return browser.post(path, data={**fields(browser.get(path)), **draft})


def late(clock: Any, do: Callable[[], TestResponse]) -> TestResponse:
    """Do something after the session has ended by itself. What the provider then signs is judged by the real time."""
    clock.offset = 3 * 3600
    done = do()
    clock.offset = 0
    return done


def only_path(browser: FlaskClient) -> str:
    paths = set(re.findall(r'href="(/drafts/[\w-]{22})"', browser.get("/drafts").text))
    assert len(paths) == 1, paths
    return paths.pop()


def test_says_what_it_is_to_people_who_are_not_signed_in(filing: Flask) -> None:
    page = filing.test_client().get("/")
    assert page.status_code == 200
    assert "<title>File with us · Filing</title>" in page.text
    assert 'id="sign-in" href="/drafts"' in page.text


def test_opening_it_demands_two_factors(filing: Flask) -> None:
    response = filing.test_client().get("/drafts")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}
    assert response.status_code == 303
    assert asked["acr_values"] == "aal2"
    assert json.loads(asked["claims"]) == {"id_token": {"acr": {"essential": True, "values": ["aal2", "aal3"]}}}
    assert "max_age" not in asked


@pytest.mark.parametrize("path", ["/drafts", "/drafts/new", "/drafts/x", "/drafts/x/delete"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_password_alone_opens_nothing(arrive: Arrive, path: str, method: str) -> None:
    browser = arrive(acr="aal1")
    token = browser.get("/").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    response = browser.open(path, method=method, data={"csrf_token": token, "title": "x"} if method == "POST" else None)
    if path == "/drafts" and method == "POST":
        assert response.status_code == 405
        return
    assert response.status_code == 303
    asked = parse_qs(urlsplit(response.location).query)
    # The same person is meant, whoever else is signed in at the provider.
    assert json.loads(asked["claims"][0])["id_token"]["sub"] == {"value": "alice-1"}


def test_a_first_draft(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    assert "You have no drafts yet" in browser.get("/drafts").text
    response = save(browser, draft)
    assert response.location == "/drafts"
    page = browser.get("/drafts").text
    assert "A quieter kettle" in page
    assert "Moreau &amp; Daughters" in page
    reference = re.search(r"Draft (DR-\w{4}-\w{4}) is saved", page)
    assert reference
    assert page.count(reference[1]) == 2
    assert browser.get("/").location == "/drafts"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "   "}, "Give it a title"),
        ({"title": "\u2028\x01"}, "Give it a title"),
        ({"applicant": ""}, "Say who applies"),
        ({"title": "x" * 301}, "at most 300 characters"),
        ({"applicant": "x" * 201}, "at most 200 characters"),
        ({"kind": "poem"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    arrive: Arrive, draft: dict[str, str], change: dict[str, str], said: str
) -> None:
    page = save(arrive(), draft | change)
    assert page.status_code == 200
    assert said in page.text
    assert 'id="error"' in page.text
    kept = "Moreau &amp; Daughters" if "applicant" not in change else "A quieter kettle"
    assert kept in page.text


def test_a_form_that_is_sent_twice_makes_one_draft(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    sent = {**fields(browser.get("/drafts/new")), **draft}
    assert [browser.post("/drafts/new", data=sent).location for _ in range(3)] == ["/drafts"] * 3
    only_path(browser)


def test_two_tabs_do_not_overwrite_each_other_silently(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    first, second = fields(browser.get(path)), fields(browser.get(path))

    assert browser.post(path, data={**first, **draft, "title": "A silent kettle"}).status_code == 303
    conflict = browser.post(path, data={**second, **draft, "title": "A loud kettle"})

    assert conflict.status_code == 409
    assert "changed in another window" in conflict.text
    assert "<li><bdi>A silent kettle</bdi></li>" in conflict.text
    assert 'value="A loud kettle"' in conflict.text
    assert "A silent kettle" in browser.get("/drafts").text
    # Now it's a choice.
    assert browser.post(path, data={**fields(conflict), **draft, "title": "A loud kettle"}).status_code == 303
    assert "A loud kettle" in browser.get("/drafts").text


def test_saving_the_same_thing_twice_is_no_conflict(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    sent = {**fields(browser.get(path)), **draft, "title": "A silent kettle"}
    assert [browser.post(path, data=sent).status_code for _ in range(2)] == [303, 303]


def test_deleting_asks_first(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    question = browser.get(f"{path}/delete")
    assert "A quieter kettle" in question.text
    assert "A quieter kettle" in browser.get("/drafts").text
    assert [browser.post(f"{path}/delete", data=fields(question)).location for _ in range(2)] == ["/drafts"] * 2
    assert "You have no drafts yet" in browser.get("/drafts").text
    assert browser.get(path).status_code == 404


def test_what_was_changed_meanwhile_is_not_deleted_unseen(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    question = fields(browser.get(f"{path}/delete"))
    save(browser, draft | {"title": "A silent kettle"}, path)

    asked_again = browser.post(f"{path}/delete", data=question)

    assert asked_again.status_code == 409
    assert "A silent kettle" in asked_again.text
    assert browser.post(f"{path}/delete", data=fields(asked_again)).location == "/drafts"


def test_nobody_reaches_the_drafts_of_others(arrive: Arrive, draft: dict[str, str]) -> None:
    alice, bob = arrive(), arrive("bob-1")
    save(alice, draft)
    path = only_path(alice)
    mine = fields(bob.get("/drafts/new"))

    assert "A quieter kettle" not in bob.get("/drafts").text
    for attempt in (path, f"{path}/delete"):
        assert bob.get(attempt).status_code == 404
    assert bob.post(path, data={**mine, **draft, "version": "1", "title": "Bob's"}).status_code == 404
    assert bob.post(f"{path}/delete", data={**mine, "version": "1"}).location == "/drafts"
    # Not even by the name of her submission.
    theirs = fields(alice.get("/drafts/new"))
    alice.post("/drafts/new", data={**theirs, **draft, "title": "Second"})
    assert bob.post("/drafts/new", data={**theirs, **mine, **draft, "title": "Bob's"}).location == "/drafts"
    assert "Second" not in bob.get("/drafts").text
    assert "A quieter kettle" in alice.get("/drafts").text


def test_there_is_a_most(arrive: Arrive, draft: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.filing.service.MOST", 1)
    browser = arrive()
    save(browser, draft)
    page = save(browser, draft | {"title": "One too many"})
    assert page.status_code == 409
    assert "as many drafts as one account can have" in page.text
    assert 'value="One too many"' in page.text


def test_what_was_typed_survives_the_end_of_the_session(arrive: Arrive, draft: dict[str, str], clock: Any) -> None:
    browser = arrive()
    form = fields(browser.get("/drafts/new"))
    departure = late(clock, lambda: browser.post("/drafts/new", data={**form, **draft}))
    assert departure.status_code == 303
    assert "/authorize?" in departure.location
    assert "kettle" not in departure.location


def test_and_is_there_again_after_signing_in(
    filing: Flask, arrive: Arrive, draft: dict[str, str], clock: Any, provider: Any
) -> None:
    browser = arrive()
    form = fields(browser.get("/drafts/new"))
    back = browser.get(provider.approve(late(clock, lambda: browser.post("/drafts/new", data={**form, **draft}))))

    page = browser.get(back.location)
    assert "What you typed is still here" in page.text
    assert 'value="A quieter kettle"' in page.text
    assert "You have no drafts yet" in browser.get("/drafts").text  # nothing is saved by itself
    # It is the same submission, and the page survives a reload.
    again = fields(browser.get(back.location))
    assert again["submission"] == form["submission"]
    assert browser.post("/drafts/new", data={**again, **draft}).location == "/drafts"
    only_path(browser)

    # Somebody else in the same browser, or the same person in another one, finds an empty form.
    assert "kettle" not in arrive("bob-1", client=browser).get(back.location).text
    assert "kettle" not in arrive().get(back.location).text
    with filing.app_context():
        from clients.sso.db import db
        from clients.sso.models import KeptForm

        assert "kettle" not in str([vars(one) for one in db.session.query(KeptForm)])


def test_an_edit_that_had_to_wait_still_meets_what_changed_meanwhile(
    arrive: Arrive, draft: dict[str, str], clock: Any, provider: Any
) -> None:
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    form = fields(browser.get(path))
    departure = late(clock, lambda: browser.post(path, data={**form, **draft, "title": "Mine"}))
    back = browser.get(provider.approve(departure)).location
    save(arrive(), draft | {"title": "Saved elsewhere"}, path)

    kept = browser.get(back)
    assert 'value="Mine"' in kept.text
    assert browser.post(path, data={**fields(kept), **draft, "title": "Mine"}).status_code == 409


def test_unknown_drafts_have_the_error_page(arrive: Arrive) -> None:
    page = arrive().get("/drafts/nothing%00")
    assert page.status_code == 404
    assert "There is no page here" in page.text


def test_looking_deletes_nothing(arrive: Arrive, draft: dict[str, str]) -> None:
    """`HEAD` is a look too (RFC 9110 section 9.2.1), and comes without a CSRF token."""
    browser = arrive()
    save(browser, draft)
    path = only_path(browser)
    assert browser.head(f"{path}/delete").status_code == 200
    assert only_path(browser) == path


def test_a_second_draft_from_the_same_page_is_not_lost_silently(arrive: Arrive, draft: dict[str, str]) -> None:
    browser = arrive()
    hidden = fields(browser.get("/drafts/new"))
    for _double_click in range(2):
        assert browser.post("/drafts/new", data={**hidden, **draft}).status_code == 303
    changed = browser.post("/drafts/new", data={**hidden, **draft, "title": "After the back button"})
    assert changed.status_code == 409
    assert "After the back button" in changed.text
    again = browser.post("/drafts/new", data={**fields(changed), **draft, "title": "After the back button"})
    assert again.status_code == 303
    assert len(set(re.findall(r'href="(/drafts/[\w-]{22})"', browser.get("/drafts").text))) == 2


def test_a_locked_database_is_said_and_names_a_time(filing: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY  # type: ignore[misc]
        raise OperationalError("SELECT", {}, error)

    client = filing.test_client()
    client.set_cookie("filing_session", "a.b")
    monkeypatch.setattr("clients.sso.store.find_session", locked)
    page = client.get("/drafts")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "We will be back shortly" in page.text
