"""The finance officer's pages: offices, codes that are shown once, people and attempts; and for nobody else."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Arrive = Callable[..., FlaskClient]
Answer = Callable[..., TestResponse]
PAGES = (
    "/finance",
    "/finance/attempts",
    "/finance/offices/new",
    "/finance/offices/x",
    "/finance/offices/x/code",
    "/finance/pairings/x/break",
    "/finance/documents/new",
    "/finance/documents/many",
    "/finance/documents/x",
    "/finance/documents/x/delete",
    "/finance/batches/x",
)


def office_path(officer: FlaskClient, name: str = "National Office") -> str:
    found = re.search(rf'{name}.*?href="(/finance/offices/[\w-]{{22}})"', officer.get("/finance").text, re.DOTALL)
    assert found
    return found[1]


def code_in(page: TestResponse) -> str:
    found = re.search(r'id="code" dir="ltr">([0-9A-Z]{10})<', page.text)
    assert found, page.text
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_for_finance_officers_only(arrive: Arrive, path: str) -> None:
    for roles in ((), ("administrator",), ("finance", "officer"), ("finance_officers",)):
        browser = arrive(roles=roles)
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "This page isn’t for your account" in answer.text
        assert "/finance" not in browser.get("/").text
        token = re.search(r'csrf_token" value="([^"]+)', browser.get("/pair/office").text)
        assert token
        assert browser.post(path, data={"csrf_token": token[1]}).status_code in {403, 405}


def test_a_new_office_and_its_code(officer: FlaskClient, arrive: Arrive, pair: Answer, post: Answer) -> None:
    made = post(officer, "/finance/offices/new", kind="state", customer_id="654321", name="Kingdom of Ruritania")
    code = code_in(made)
    assert made.headers["Cache-Control"] == "no-store"
    path = office_path(officer, "Kingdom of Ruritania")
    assert code not in officer.get(path).text
    bob = arrive("bob-1")
    assert pair(bob, "office", "654321", code).status_code == 422
    assert pair(bob, "state", "654321", code).status_code == 303
    page = officer.get(path).text
    assert "Bob-1" in page
    assert "192.0.2.1" in page
    again = post(officer, "/finance/offices/new", kind="state", customer_id="654321", name="Another")
    assert again.status_code == 422
    assert "There is one with this Customer ID already." in again.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customer_id": "1234"}, "5 or 6 digits"),
        ({"customer_id": "1234567"}, "5 or 6 digits"),
        ({"name": ""}, "Enter its name"),
        ({"name": "<script>alert(1)</script>"}, "Use plain text, without &lt; and &gt;."),
        ({"name": "x" * 201}, "at most 200"),
        ({"kind": "planet"}, "Not a valid choice"),
    ],
)
def test_bad_input_stores_nothing(officer: FlaskClient, post: Answer, change: dict[str, str], said: str) -> None:
    sent = {"kind": "office", "customer_id": "777777", "name": "Office of Ruritania"} | change
    answer = post(officer, "/finance/offices/new", **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Ruritania" not in officer.get("/finance").text
    assert "alert(1)" not in officer.get("/finance").text


@pytest.mark.parametrize("choice", ["keep", "end"])
def test_replacing_a_code(officer: FlaskClient, arrive: Arrive, pair: Answer, post: Answer, choice: str) -> None:
    alice = arrive()
    pair(alice)
    path = f"{office_path(officer)}/code"
    asked = post(officer, path)
    assert asked.status_code == 422
    assert "Choose what happens to them." in asked.text
    hidden = dict(
        re.findall(r'name="(csrf_token|version)"[^>]*value="([^"]*)"', officer.get(path).text.partition("<main")[2])
    )
    code = code_in(officer.post(path, data={**hidden, "pairings": choice}))
    # A reload of that page makes no other code.
    assert officer.post(path, data={**hidden, "pairings": choice}).status_code == 303
    assert ("isn’t paired to your Office" in alice.get("/").text) == (choice == "end")
    bob = arrive("bob-1")
    assert pair(bob).status_code == 422
    assert pair(bob, code=code).status_code == 303


def test_breaking_a_pairing(officer: FlaskClient, arrive: Arrive, pair: Answer, post: Answer) -> None:
    alice = arrive()
    pair(alice)
    path = office_path(officer)
    leave = re.search(r"/finance/pairings/[\w-]+/break", officer.get(path).text)
    assert leave
    assert "Alice-1" in officer.get(leave[0]).text
    assert post(officer, leave[0]).location == path
    assert "Your account isn’t paired to your Office." in alice.get("/").text
    assert officer.get(leave[0]).status_code == 404


def test_a_double_click_on_an_officers_forms_is_no_error(
    officer: FlaskClient, arrive: Arrive, pair: Answer, post: Answer
) -> None:
    pair(arrive())
    path = office_path(officer)
    leave = re.search(r"/finance/pairings/[\w-]+/break", officer.get(path).text)
    assert leave
    assert post(officer, leave[0]).location == path
    token = re.search(r'name="csrf_token" value="([^"]+)"', officer.get(f"{path}/code").text)
    assert token
    again = officer.post(leave[0], data={"csrf_token": token[1]})
    assert again.location == "/finance"
    assert "isn’t paired any more" in officer.get(again.location).text
    sent = {"kind": "office", "customer_id": "777777", "name": "Office of Ruritania"}
    assert post(officer, "/finance/offices/new", **sent).status_code == 200
    again = post(officer, "/finance/offices/new", **sent)
    assert again.status_code == 303
    assert "It is stored already." in officer.get(again.location).text
    other = post(officer, "/finance/offices/new", **sent | {"name": "Office of Freedonia"})
    assert (other.status_code, "There is one with this Customer ID already." in other.text) == (422, True)


def test_attempts(officer: FlaskClient, arrive: Arrive, pair: Answer) -> None:
    mallory = arrive("mallory-1", address="203.0.113.7")
    for number in range(7):
        pair(mallory, code=f"WRONG{number}")
    page = officer.get("/finance/attempts").text
    assert page.count("mallory-1") == 7
    assert page.count("Wrong code") == 5
    assert page.count("too many tries of this account") == 2
    assert "203.0.113.7" in page
    assert "WRONG0" not in page
    assert "mallory-1" not in officer.get("/finance/attempts?customer_id=99999").text
    assert "Created it" in officer.get("/finance/attempts?show=everything").text
    for odd in ("before=x", "before=99999999999999999999", "customer_id='--", "show=x"):
        assert officer.get(f"/finance/attempts?{odd}").status_code == 200


@pytest.mark.parametrize(
    "path", ["offices/%00", "offices/x/code", "pairings/%00/break", "documents/%00", "batches/%00"]
)
def test_odd_ids(officer: FlaskClient, path: str) -> None:
    assert officer.get(f"/finance/{path}").status_code == 404
