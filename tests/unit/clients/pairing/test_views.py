"""Pairing in a browser: the first state, the form, what stands beside the name, and breaking it again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Arrive = Callable[..., FlaskClient]
Answer = Callable[..., TestResponse]


def test_says_that_nothing_is_paired_yet(arrive: Arrive) -> None:
    page = arrive().get("/").text
    assert "Your account isn’t paired to your Office." in page
    assert "Your account isn’t paired to your Member State." in page
    assert page.count("Pair</a>") == 2
    assert "Office Customer ID" in page


@pytest.mark.parametrize("kind", ["office", "state"])
def test_pairs_and_breaks(arrive: Arrive, pair: Answer, post: Answer, kind: str) -> None:
    alice = arrive()
    form = alice.get(f"/pair/{kind}").text
    assert all(text in form for text in ("Office Customer ID", "Access Code", "Submit", "Reset", "How it works"))
    assert pair(alice, kind, " 12 345 ", "demo-2pair").location == "/"
    page = alice.get("/").text
    assert "Valdoria" in page
    assert re.search(r'class="person">Alice-1 <small>12345</small>', page)
    assert "was paired already" in (pair(alice, kind) and alice.get("/").text)

    leave = re.search(r"/pairings/[\w-]+/break", page)
    assert leave
    assert "Valdoria" in alice.get(leave[0]).text
    assert post(alice, leave[0]).location == "/"
    assert "<small>12345</small>" not in alice.get("/").text
    assert alice.get(leave[0]).status_code == 404


@pytest.mark.parametrize(
    ("customer_id", "code", "said"),
    [
        ("1234", "DEMO2PAIR", "A Customer ID has 5 or 6 digits."),
        ("1234567", "DEMO2PAIR", "A Customer ID has 5 or 6 digits."),
        ("12E45", "DEMO2PAIR", "A Customer ID has 5 or 6 digits."),
        ("١٢٣٤٥", "DEMO2PAIR", "A Customer ID has 5 or 6 digits."),
        ("", "DEMO2PAIR", "Enter the Customer ID"),
        ("12345", "", "Enter the Access Code"),
        ("12345", "DEMO_2PAIR", "consists of letters and digits"),
        ("12345", "<b>", "consists of letters and digits"),
        ("12345", "DEMO3PAIR", "don’t belong together"),
        ("54321", "DEMO2PAIR", "don’t belong together"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    arrive: Arrive, pair: Answer, customer_id: str, code: str, said: str
) -> None:
    alice = arrive()
    answer = pair(alice, "office", customer_id, code)
    assert answer.status_code == 422
    assert said in answer.text.partition("-error")[2]
    assert code not in answer.text.partition("<main")[2] or code in {"", "<b>"}
    assert "isn’t paired to your Office" in alice.get("/").text


def test_many_wrong_codes_have_to_wait(arrive: Arrive, pair: Answer, clock: Any) -> None:
    alice = arrive()
    assert [pair(alice, code=f"WRONG{n}").status_code for n in range(6)] == [422] * 5 + [429]
    refused = pair(alice)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) in range(3500, 3601)
    assert "Try again in 60 min." in refused.text
    # Others can pair, and so can she an hour later.
    assert pair(arrive("bob-1", address="192.0.2.2")).status_code == 303
    clock.offset = 3601
    assert pair(alice).status_code == 303


def test_a_code_that_is_known_buys_no_guesses(arrive: Arrive, pair: Answer) -> None:
    alice = arrive()
    for number in range(5):
        assert pair(alice).status_code == 303
        assert pair(alice, "state", code=f"WRONG{number}").status_code == 422
    assert pair(alice, "state", code="WRONG5").status_code == 429


def test_strangers_sign_in(pairing: Flask) -> None:
    for path in (
        "/",
        "/pair/office",
        "/distribution-reports",
        "/annual-contributions",
        "/documents/x",
        "/pairings/x/break",
    ):
        assert "/authorize?" in pairing.test_client().get(path).location
        assert "roles" in pairing.test_client().get(path).location
