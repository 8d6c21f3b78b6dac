"""Guessing passwords: few looks for whoever guesses, and nobody else waits. `docs/guessing.md` is the model."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nacl.pwhash.argon2id
import pytest
from werkzeug.test import Client, TestResponse

from idp.accounts.notices import Where
from idp.app import build_worker
from idp.notify.outbox import MAIL
from idp.notify.worker import Message
from tests.support.provider import ISSUER, PASSWORD, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf

SPELLINGS = ("alice", "ALICE", "ａｌｉｃｅ", " alice ", "alice@example.org", "Alice@Example.ORG")
OWNER = "203.0.113.9"


class Post:
    """The mails that went out."""

    def __init__(self, idp: ProviderUnderTest) -> None:
        self.mails: list[dict[str, Any]] = []
        self._worker = build_worker(idp.provider)
        self._worker._handlers = {**self._worker._handlers, MAIL: self}  # type: ignore[dict-item]

    def deliver(self, message: Message) -> None:
        self.mails.append(message.payload)

    def end_batch(self) -> None:
        pass

    def collect(self) -> list[dict[str, Any]]:
        self.mails = []
        while self._worker.run_once():
            pass
        return self.mails


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects every look at a password, in the hash function itself."""
    calls: list[str] = []
    real = nacl.pwhash.argon2id.verify
    monkeypatch.setattr(nacl.pwhash.argon2id, "verify", lambda *given: calls.append("look") or real(*given))
    return calls


class Person:
    """A browser, at an address."""

    def __init__(self, idp: ProviderUnderTest, client: RegisteredClient, ip: str) -> None:
        self.idp, self.client, self.ip = idp, client, ip
        self.browser: Client = idp.browser()
        self.page = ""

    def begin(self) -> None:
        page = self.idp.authorize(self.browser, self.client, Pkce())
        self.page = page.location

    def post(self, path: str, **form: str) -> TestResponse:
        token = csrf(self.browser.get(path, base_url=ISSUER).text)
        return self.browser.post(
            path, data=form | {"csrf_token": token}, base_url=ISSUER, environ_overrides={"REMOTE_ADDR": self.ip}
        )

    def sign_in(self, password: str = PASSWORD, username: str = "alice") -> TestResponse:
        self.begin()
        return self.post(self.page.partition("?")[0], username=username, password=password)

    def sign_out(self) -> None:
        for name in ("sso_0", "sso_active"):
            self.browser.delete_cookie(name, domain="localhost")


def person(idp: ProviderUnderTest, client: RegisteredClient, ip: str = OWNER) -> Person:
    return Person(idp, client, ip)


def guess(idp: ProviderUnderTest, client: RegisteredClient, number: int, username: str = "alice") -> TestResponse:
    return person(idp, client, f"198.51.{number // 250}.{number % 250}").sign_in(f"wrong {number}", username)


def use_up(idp: ProviderUnderTest, client: RegisteredClient, username: str = "alice") -> list[int]:
    return [guess(idp, client, number, username).status_code for number in range(8)]


def test_forty_guesses_at_once_are_five_looks_whatever_the_spelling_and_the_network(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    def attack(number: int) -> int:
        prefix = "2001:db8:1:" if number % 2 else ""
        ip = f"{prefix}{number:x}::1" if prefix else f"198.51.100.{number}"
        try:
            spelling = SPELLINGS[number % len(SPELLINGS)]
            return person(idp, client, ip).sign_in(f"wrong {number}", spelling).status_code
        finally:
            idp.core.database.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(attack, range(40)))

    assert len(hashed) <= 5
    assert statuses.count(422) == len(hashed)
    assert statuses.count(303) == 40 - len(hashed)


def test_a_day_of_guessing_is_twenty_looks_and_a_year_without_the_owner_fewer_than_a_hundred(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    for number in range(96):
        guess(idp, client, number)
        idp.clock.forward(900)
    assert len(hashed) <= 20
    for number in range(120):
        guess(idp, client, number)
        idp.clock.forward(3 * 24 * 3600)
    assert len(hashed) <= 100


def test_an_answer_never_tells_whether_there_is_such_an_account(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    seen = []
    for name in ("bob", "bob@example.org", "nobody", "nobody@example.org"):
        hashed.clear()
        with idp.core.database.write() as tx:
            tx.run("DELETE FROM rate_limit")
        seen.append((use_up(idp, client, name), len(hashed)))
    assert seen == [([422] * 5 + [303] * 3, 5)] * 4


def test_the_owner_is_in_at_once_from_a_known_browser(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    own.sign_out()
    use_up(idp, client)

    assert "code" in answer(own.sign_in())


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


def test_it_was_not_me_makes_known_browsers_unknown(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    with idp.core.database.write() as tx:
        account = tx.one("SELECT id FROM account WHERE username_key = 'alice'")
        assert account
        idp.core.accounts.lockdown.lock(tx, account["id"], Where(None, None))
        row = tx.one("SELECT count(*) AS n FROM device_cookie")
    assert row
    assert row["n"] == 0


def test_known_browser_is_no_way_to_guess_without_end(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    own.sign_out()
    hashed.clear()
    statuses = [own.sign_in("wrong").status_code for _ in range(14)]
    # Five of its own, then five like everybody else's.
    assert statuses[:10] == [422] * 10
    assert len(hashed) == 10
    assert statuses[-1] == 429


@pytest.mark.parametrize("cookie", ["WyJ4IixbIjEiXV0.forged", "01m8pwjdhzszmvr3wpd41g1ebr.secret", "a.b c.d ..", ""])
def test_a_forged_device_cookie_is_worth_nothing(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str], cookie: str
) -> None:
    one = person(idp, client)
    one.browser.set_cookie("known_browser", cookie, domain="localhost")
    for _ in range(8):
        one.sign_in("wrong")
    assert len(hashed) == 5


def test_a_device_cookie_is_worth_nothing_for_another_account(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    own = person(idp, client)
    answer(own.sign_in(username="bob"))
    own.sign_out()
    hashed.clear()
    for _ in range(8):
        own.sign_in("wrong")
    assert len(hashed) == 5


def test_one_password_against_many_names_is_seen(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    sprayer = person(idp, client, "198.51.100.7")
    statuses = [sprayer.sign_in("Password2026!", f"person{number}").status_code for number in range(40)]
    assert len(hashed) == statuses.count(422) == 25
    refused = sprayer.sign_in(PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    # For that network alone.
    assert "code" in answer(person(idp, client).sign_in())


def test_guesses_at_many_accounts_from_many_networks_refuse_nobody(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    for number in range(100):
        guess(idp, client, number, f"person{number}")
    for number in range(20):
        assert "code" in answer(person(idp, client, f"203.0.113.{number}").sign_in())


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    for _ in range(60):
        assert "code" in answer(person(idp, client).sign_in())


def test_nobody_uses_up_somebody_elses_change_of_password(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    use_up(idp, client)
    form = {"password": "violet tractor 19 hums", "current_password": PASSWORD}
    changed = own.post("/account/password", **form)
    assert changed.status_code == 303, changed.text
    hashed.clear()
    for _ in range(8):
        own.post("/account/password", **form)
    assert len(hashed) == 5


def test_the_owner_is_told_once_when_only_mail_is_left(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    post, mails = Post(idp), []
    for number in range(400):
        guess(idp, client, number)
        idp.clock.forward(2 * 3600)
    mails = [mail["template"] for mail in post.collect()]
    assert mails.count("guessing") == 1


def test_a_class_that_signs_in_at_once_behind_one_address_is_let_in(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    names = [f"pupil{number}" for number in range(24)]
    for name in names:
        idp.core.accounts.registration.create_confirmed(
            name=name, username=name, email=f"{name}@example.org", password=PASSWORD
        )

    def sign_in(name: str) -> str:
        try:
            return answer(person(idp, client).sign_in(username=name))["code"]
        finally:
            idp.core.database.close()

    with ThreadPoolExecutor(24) as pool:
        assert len(set(pool.map(sign_in, names))) == 24
