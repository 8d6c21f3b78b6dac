import re
from typing import Any

import pytest

from tests.support.account_pages import Visitor, comparable, words
from tests.support.people import PASSWORD, People, token_of

FORM = {
    "name": "Carla Example",
    "username": "carla",
    "email": "carla@example.org",
    "password": PASSWORD,
    "language": "en",
    "country": "CH",
    "terms": "y",
}


def test_from_nothing_to_an_account_by_code(people: People, visitor: Visitor) -> None:
    sent = visitor.fill("/create-account", **FORM, next="/sign-in/01abc")
    assert sent.status_code == 303
    page = visitor.get(sent.location)
    assert "c•••a@example.org" in words(page)
    assert 'autocomplete="one-time-code"' in page.text
    _, code = people.proof()
    wrong = visitor.fill(sent.location, code="12")
    assert wrong.status_code == 422
    assert "isn’t the code we sent" in words(wrong)
    done = visitor.fill(sent.location, code=f" {code.lower()} ")
    assert "Your account is ready" in words(done)
    assert 'href="/sign-in/01abc"' in done.text


def test_a_link_only_confirms_by_its_button(people: People, visitor: Visitor) -> None:
    people.sign_up()
    path = f"/confirm/{people.proof()[0]}"
    for _ in range(2):
        assert visitor.get(path).status_code == 200
    assert people.count("account") == 0
    assert "Your account is ready" in words(visitor.fill(path))
    assert visitor.get(path).status_code == 410


def test_an_old_link_offers_a_new_one(people: People, visitor: Visitor) -> None:
    people.sign_up()
    path = f"/confirm/{people.proof()[0]}"
    people.now += 25 * 3600
    assert "too old" in words(visitor.get(path))
    sent = visitor.fill(path)
    assert sent.location.startswith("/create-account/confirm?c=")
    assert [mail["template"] for mail in people.post()] == ["confirm_sign_up"]


@pytest.mark.parametrize("path", ["/confirm/x", "/confirm/%01", "/cancel-recovery-email/x", "/reset-password/x"])
def test_made_up_links(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 410


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("username", "a"),
        ("username", "carla@example.org"),
        ("username", "саrla"),  # two letters of it are Cyrillic
        ("username", "support"),
        ("username", "аdmin"),
        ("username", "S.upp0rt_24"),
        ("email", "carla"),
        ("password", ""),
        ("password", "password1"),
        ("language", "tlh"),
        ("country", ""),
        ("country", "XX"),
        ("terms", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(people: People, visitor: Visitor, field: str, typed: str) -> None:
    form: dict[str, Any] = FORM | {field: typed}
    if field == "terms":
        del form["terms"]
    page = visitor.fill("/create-account", **form)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert f'<a href="#{field}">' in page.text
    assert PASSWORD not in page.text
    assert people.post() == []


def test_nobody_learns_which_addresses_have_accounts(people: People, visitor: Visitor) -> None:
    people.create("dora", "dora@example.org")
    answers, pages = [], []
    for number, email in enumerate(("dora@example.org", "emil@example.org")):
        sent = visitor.fill("/create-account", **FORM | {"email": email, "username": f"carla{number}"})
        answers.append((sent.status_code, re.sub(r"c=\w+", "", sent.location)))
        pages.append(re.sub(r"[de]•••\w?@", "", comparable(visitor.get(sent.location))))
    assert answers[0] == answers[1]
    assert pages[0] == pages[1]


def test_no_way_out_by_next(people: People, visitor: Visitor) -> None:
    visitor.fill("/create-account", **FORM, next="//evil.example/")
    done = visitor.fill(f"/confirm/{people.proof()[0]}")
    assert "evil" not in done.text


def test_resending_has_a_countdown(people: People, visitor: Visitor) -> None:
    path = visitor.fill("/create-account", **FORM).location
    assert 'data-countdown="60"' in visitor.get(path).text
    people.now += 61
    people.post()
    again = visitor.fill(path, resend="1")
    assert again.status_code == 303
    assert "Another mail is on its way, with the same code" in words(visitor.get(again.location))
    assert token_of(people.post()[0])


def test_without_a_token_nothing_is_taken(app: Any, people: People) -> None:
    assert app.test_client().post("/create-account", data=FORM).status_code == 400
    assert people.post() == []


def test_the_first_mail_to_a_stranger_has_no_words_of_who_sent_it(people: People, visitor: Visitor) -> None:
    visitor.fill("/create-account", **FORM | {"name": "You have won! See evil.example"})
    assert "evil" not in str(people.post())


@pytest.mark.parametrize("c", ["", "x", "01abc%0a"])
def test_made_up_identifiers(visitor: Visitor, c: str) -> None:
    assert visitor.get(f"/create-account/confirm?c={c}").status_code == 303
    assert visitor.get(f"/reset-password?c={c}").status_code == 303
