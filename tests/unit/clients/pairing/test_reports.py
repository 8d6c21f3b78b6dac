"""Reports and contributions: chosen by type and time, and never another office's, by whatever id, path or parameter."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.pairing import store
from clients.pairing.codes import Codes
from clients.pairing.demo import sample_pdf
from clients.pairing.library import New
from clients.pairing.offices import Offices
from clients.pairing.papers import Papers, sha256
from clients.pairing.trail import Who
from config.secrets import shared_secret

Arrive = Callable[..., FlaskClient]
Answer = Callable[..., TestResponse]
FINN = Who("finn-1", "Finn", "finn", "192.0.2.9")
OFFICES = [(kind, number) for kind in ("office", "state") for number in ("11111", "22222", "333333")]


@pytest.fixture
def documents(pairing: Flask, tmp_path: Any, clock: Any) -> dict[tuple[str, str], str]:
    """Six offices with a document each; returns the documents' ids."""
    codes = Codes(shared_secret(tmp_path / "secrets" / "pairing.codes"))
    offices, papers = Offices(lambda: int(clock()), codes), Papers(lambda: int(clock()))
    made = {}
    with pairing.app_context():
        for kind, number in OFFICES:
            office, _ = offices.create(FINN, kind, number, f"Office {kind} {number}", f"CODE{number}")
            content = sample_pdf([f"Secret of {kind} {number}"])
            type_, month = ("hague", 3) if kind == "office" else ("invoice", 0)
            papers.add(FINN, New(office.id, type_, 2024, month, f"Title {kind} {number}", sha256(content), content))
            made[kind, number] = papers.of_office(office.id)[0].id
    return made


def test_choosing(arrive: Arrive, pair: Answer, documents: Any) -> None:
    alice = arrive()
    assert "Your account isn’t paired to your Office." in alice.get("/distribution-reports").text
    pair(alice, "office", "11111", "CODE11111")
    assert "Title office 11111" in alice.get("/distribution-reports").text
    assert "March 2024" in alice.get("/distribution-reports?type=hague&month=3&year=2024").text
    for query in ("month=4", "type=pct", "type=lisbon-madrid&year=2024", "year=2026"):
        page = alice.get(f"/distribution-reports?{query}").text
        assert "No results were found. Please try another month or year." in page
        assert "Title office" not in page
    for query in ("month=13", "type=invoice", "year=1", "year=2024%27--"):
        page = alice.get(f"/distribution-reports?{query}")
        assert page.status_code == 422
        assert "Title office" not in page.text
        assert 'id="error"' in page.text
    pair(alice, "state", "22222", "CODE22222")
    assert "Title state 22222" in alice.get("/annual-contributions?kind=invoice&year=2024").text
    assert "No results" in alice.get("/annual-contributions?kind=receipt").text


def test_a_document_is_handed_out_as_nothing_but_a_pdf(arrive: Arrive, pair: Answer, documents: Any) -> None:
    alice = arrive()
    pair(alice, "office", "11111", "CODE11111")
    answer = alice.get(f"/documents/{documents['office', '11111']}")
    assert answer.data.startswith(b"%PDF-")
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith('inline; filename="Title office 11111.pdf"')


def test_nobody_reaches_a_document_of_an_office_that_is_not_theirs(
    arrive: Arrive,
    pair: Answer,
    documents: dict[tuple[str, str], str],
    token: Callable[..., dict[str, str]],
    pairing: Flask,
) -> None:
    """All pairs of person and document, by each way that leads to one."""
    people = {which: arrive(f"of-{'-'.join(which)}", address=f"198.51.100.{n}") for n, which in enumerate(OFFICES)}
    for which, browser in people.items():
        assert pair(browser, *which, f"CODE{which[1]}").status_code == 303
    people["", "nobody"] = arrive("nobody")
    ends = {
        which: re.search(r"/pairings/[\w-]+/break", browser.get("/").text)[0]  # type: ignore[index]
        for which, browser in people.items()
        if which[0]
    }
    for (mine, browser), theirs in product(people.items(), OFFICES):
        allowed = mine == theirs
        answer = browser.get(f"/documents/{documents[theirs]}")
        assert (answer.status_code, answer.data.startswith(b"%PDF")) == ((200, True) if allowed else (404, False))
        title = f"Title {theirs[0]} {theirs[1]}"
        office = f"office={theirs[1]}&customer_id={theirs[1]}&office_id={theirs[1]}&sub=of-{'-'.join(theirs)}"
        for path in ("/", "/distribution-reports", "/annual-contributions"):
            for query in ("", f"?{office}", f"?year=2024&{office}", f"?month=3&month=&{office}"):
                shown = title in browser.get(f"{path}{query}").text
                assert not shown or allowed
        header = token(f"of-{'-'.join(mine)}" if mine[0] else "nobody")
        for path in ("pairings", "distribution-reports", "annual-contributions"):
            for query in ("", f"?{office}"):
                body = pairing.test_client().get(f"/api/{path}{query}", headers=header).text
                assert allowed or (title not in body and documents[theirs] not in body)
        if not allowed:
            assert browser.get(ends[theirs]).status_code == 404
            token_field = re.search(r'csrf_token" value="([^"]+)', browser.get("/pair/office").text)
            assert token_field
            assert browser.post(ends[theirs], data={"csrf_token": token_field[1]}).location == "/"
        for path in (
            f"/finance/documents/{documents[theirs]}",
            f"/finance/documents/{documents[theirs]}/delete",
            "/finance",
        ):
            assert browser.get(path).status_code in {403, 404}
    with pairing.app_context():
        assert all(len(store.pairings_of(f"of-{'-'.join(which)}")) == 1 for which in OFFICES)


def test_what_was_paired_is_not_any_more(arrive: Arrive, pair: Answer, post: Answer, documents: Any) -> None:
    alice = arrive()
    pair(alice, "office", "11111", "CODE11111")
    leave = re.search(r"/pairings/[\w-]+/break", alice.get("/").text)
    assert leave
    post(alice, leave[0])
    assert alice.get(f"/documents/{documents['office', '11111']}").status_code == 404


@pytest.mark.parametrize("document_id", ["x", "%00", "..%2f", "1%27%20OR%201=1", "é" * 300])
def test_odd_ids(arrive: Arrive, document_id: str) -> None:
    assert arrive().get(f"/documents/{document_id}").status_code == 404
