"""Signing in while others guess: by a code in the mail, and only with the right password. `docs/guessing.md` is the model."""

import re

import pytest

from tests.support.guessing import Post, guess, person, use_up
from tests.support.provider import ISSUER, PASSWORD, ProviderUnderTest, RegisteredClient, answer, csrf


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


def test_the_owner_is_in_by_mail_from_a_new_browser(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post = Post(idp)
    use_up(idp, client)
    new = person(idp, client)

    page = new.sign_in()
    assert page.status_code == 303
    (mail,) = post.collect()
    assert (mail["to"], mail["template"]) == ("alice@example.org", "sign_in_code")
    code = mail["context"]["code"]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code)
    assert "code" in answer(new.post(page.location, code=code.lower().replace("-", " ")))
    # Once: and the browser is known from now on.
    new.sign_out()
    assert "code" in answer(new.sign_in())


def test_a_wrong_password_gets_the_same_page_and_no_mail(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post = Post(idp)
    use_up(idp, client)
    use_up(idp, client, "nobody")
    post.collect()
    tried = [("alice", "wrong"), ("nobody", "wrong"), ("alice", PASSWORD)]
    pages = []
    for number, (name, password) in enumerate(tried):
        one = person(idp, client, f"203.0.113.{number}")
        page = one.sign_in(password, name)
        text = one.browser.get(page.location, base_url=ISSUER).text
        mails = post.collect()
        assert len(mails) == (password == PASSWORD)
        wrong = one.post(page.location, code="2222-2222")
        pages.append(
            (page.status_code, wrong.status_code, re.sub(r"value=\"[^\"]*\"|/sign-in/\w+|nonce=\S+", "", text))
        )
    assert len(set(pages)) == 1


def test_a_code_by_mail_opens_no_other_browser(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post = Post(idp)
    use_up(idp, client)
    owner, thief = person(idp, client), person(idp, client, "203.0.113.66")
    owner.sign_in()
    page = thief.sign_in("wrong")
    (mail,) = post.collect()

    assert thief.post(page.location, code=mail["context"]["code"]).status_code == 422


def test_a_code_by_mail_is_good_for_once(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post = Post(idp)
    use_up(idp, client)
    first, second = person(idp, client, "203.0.113.10"), person(idp, client, "203.0.113.11")
    pages = [first.sign_in(), second.sign_in()]
    codes = [mail["context"]["code"] for mail in post.collect() if mail["template"] == "sign_in_code"]
    assert len(codes) == 2
    assert "code" in answer(first.post(pages[0].location, code=codes[0]))
    assert second.post(pages[1].location, code=codes[0]).status_code == 422


def test_five_wrong_codes_end_a_sign_in_by_mail(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post = Post(idp)
    use_up(idp, client)
    owner = person(idp, client)
    page = owner.sign_in()
    (mail,) = post.collect()
    for _ in range(5):
        assert owner.post(page.location, code="2222-2222").status_code == 422
    ended = owner.browser.get(page.location, base_url=ISSUER)
    assert ended.status_code == 303
    assert "/code" not in ended.location
    token = csrf(owner.browser.get(ended.location, base_url=ISSUER).text)
    form = {"csrf_token": token, "code": mail["context"]["code"]}
    assert "/code" not in owner.browser.post(page.location, data=form, base_url=ISSUER).location


def test_who_has_the_password_cannot_keep_its_owner_from_a_code(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    post = Post(idp)
    use_up(idp, client)
    for number in range(9):
        person(idp, client, f"203.0.114.{number}").sign_in()
    mails = post.collect()
    assert len(mails) == 5
    owner = person(idp, client)
    page = owner.sign_in()
    assert post.collect() == []

    assert "code" in answer(owner.post(page.location, code=mails[-1]["context"]["code"]))


def test_a_new_password_makes_waiting_codes_and_known_browsers_worthless(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    post = Post(idp)
    own = person(idp, client)
    answer(own.sign_in())
    own.sign_out()
    use_up(idp, client)
    new = person(idp, client, "203.0.113.10")
    page = new.sign_in()
    mail = next(each for each in post.collect() if each["template"] == "sign_in_code")
    idp.clock.forward(1)
    with idp.core.database.write() as tx:
        tx.run("UPDATE account SET password_changed_at = :now", now=idp.clock.now)

    assert new.post(page.location, code=mail["context"]["code"]).status_code == 422
    assert own.sign_in().location.endswith("/code")


def test_the_owner_is_told_once_when_only_mail_is_left(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post, mails = Post(idp), []
    for number in range(400):
        guess(idp, client, number)
        idp.clock.forward(2 * 3600)
    mails = [mail["template"] for mail in post.collect()]
    assert mails.count("guessing") == 1
