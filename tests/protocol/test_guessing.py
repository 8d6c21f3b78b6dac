"""Guessing passwords: few looks for whoever guesses, and nobody else waits. `docs/guessing.md` is the model."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from config.tuning import REPEATED_WITHIN
from idp.accounts.notices import Where
from tests.support.guessing import guess, hidden, person, use_up
from tests.support.provider import PASSWORD, ProviderUnderTest, RegisteredClient, answer

SPELLINGS = ("alice", "ALICE", "ａｌｉｃｅ", " alice ", "alice@example.org", "Alice@Example.ORG")


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


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
    pages = [sprayer.sign_in("Password2026!", f"person{number}") for number in range(40)]
    assert len(hashed) == [page.status_code for page in pages].count(422) == 25
    # The page of the last one that was looked at brings along what the next one needs.
    assert [bool(hidden(page.text, "work")) for page in pages] == [False] * 24 + [True] * 16
    # Twenty more cost work, each five of them twice as much; then there are no more.
    waits = []
    for number in range(25):
        page = sprayer.sign_in("Password2026!", f"name{number}")
        waits.append(int(page.headers["Retry-After"]))
        if page.status_code == 429 and hidden(page.text, "work"):
            assert sprayer.go_on(page).status_code == 422
    assert waits[:20] == [2] * 5 + [4] * 5 + [8] * 5 + [16] * 5
    assert len(hashed) == 45
    refused = sprayer.sign_in(PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert not hidden(refused.text, "typed")
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
    idp.clock.now += REPEATED_WITHIN + 1  # the next one isn't the second of two clicks
    hashed.clear()
    for _ in range(8):
        own.post("/account/password", **form)
    assert len(hashed) == 5


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
