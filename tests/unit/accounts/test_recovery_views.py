from flask import Flask

from idp.accounts.sign_in import Verified
from tests.support.account_pages import Visitor, comparable, words
from tests.support.people import HERE, People, token_of

NEW = "seven green lanterns drift"


def test_a_new_password_by_code(people: People, visitor: Visitor) -> None:
    people.create()
    path = visitor.fill("/forgot-password", username="carla").location
    _, code = people.proof()
    assert visitor.fill(path, code=code).location == path
    weak = visitor.fill(path, password="password1password1")
    assert weak.status_code == 422
    assert "easy to guess" in words(weak)
    assert "Your password is changed" in words(visitor.fill(path, password=NEW))
    assert isinstance(people.accounts.sign_in.verify("carla", NEW, ip=None, user_agent=None), Verified)


def test_a_new_password_by_link_in_another_browser(people: People, visitor: Visitor) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    path = f"/reset-password/{people.proof()[0]}"
    assert visitor.fill(path, password="short").status_code == 422
    assert "Your password is changed" in words(visitor.fill(path, password=NEW))
    assert visitor.get(path).status_code == 410


def test_pages_are_the_same_for_nobody(people: People, visitor: Visitor) -> None:
    people.create()
    for path, field, known, unknown in (
        ("/forgot-password", "username", "carla", "nobody"),
        ("/forgot-username", "email", "carla@example.org", "nobody@example.org"),
    ):
        first, second = visitor.fill(path, **{field: known}), visitor.fill(path, **{field: unknown})
        assert first.status_code == second.status_code
        assert comparable(first) == comparable(second)
        if first.status_code == 303:
            pages = [visitor.fill(each.location, code="2222-2222") for each in (first, second)]
            assert comparable(pages[0]) == comparable(pages[1])


def test_a_code_that_was_proven_opens_the_password_page_in_its_own_browser_only(
    people: People, app: Flask, visitor: Visitor
) -> None:
    people.create()
    path = visitor.fill("/forgot-password", username="carla").location
    visitor.fill(path, code=people.proof()[1])
    assert "At least 15 characters" in words(visitor.get(path))
    elsewhere = Visitor(app.test_client())
    assert "Enter the code" in words(elsewhere.get(path))
    assert elsewhere.fill(path, password=NEW).status_code == 422
    assert "Your password is changed" in words(visitor.fill(path, password=NEW))
    assert "Enter the code" in words(visitor.get(path)), "and it is over"


def test_the_rule_is_said_before_a_password_is_typed(people: People, visitor: Visitor) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    for path in ("/create-account", f"/reset-password/{people.proof()[0]}"):
        page = visitor.get(path)
        assert "At least 15 characters" in words(page)
        assert 'data-meter="password" data-minimum="15"' in page.text


def test_it_was_not_me(people: People, visitor: Visitor) -> None:
    account_id = people.create()
    people.accounts.recovery_email.request(account_id, "spare@example.net", HERE)
    people.accounts.recovery_email.confirm_link(token_of(people.post()[0]), HERE)
    path = people.post()[0]["context"]["cancel"].removeprefix("http://localhost:8000")
    assert "s•••e@example.net" in words(visitor.get(path))
    assert "is removed" in words(visitor.fill(path))
    assert len(people.accounts.addresses.of_account(account_id)) == 1
