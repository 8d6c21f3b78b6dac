"""While everybody's passwords are being guessed, a browser that no account knows works before a password is looked at."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.guessing import Post, flood, guess, hidden, person, solve
from tests.support.provider import ISSUER, PASSWORD, Pkce, ProviderUnderTest, RegisteredClient, answer


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


def test_nobody_types_a_password_twice(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    flood(idp)
    own = person(idp, client)
    page = own.sign_in()
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "2"
    assert PASSWORD not in page.text
    assert "code" in answer(own.go_on(page))


def test_no_password_is_looked_at_before_the_work(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    flood(idp)
    for number in range(10):
        assert guess(idp, client, number).status_code == 429
    assert hashed == []
    # And none is counted against its owner.
    own = person(idp, client)
    assert "code" in answer(own.go_on(own.sign_in()))


def test_the_form_brings_its_work_along(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    flood(idp)
    own = person(idp, client)
    own.begin()
    form = own.browser.get(own.page, base_url=ISSUER, environ_overrides={"REMOTE_ADDR": own.ip})
    work = solve(hidden(form.text, "work"))
    assert "code" in answer(own.send(username="alice", password=PASSWORD, work=work))


def test_who_waited_needs_no_script(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    flood(idp)
    own = person(idp, client)
    page = own.sign_in()
    idp.clock.forward(1)
    early = own.send(typed=hidden(page.text, "typed"), work=hidden(page.text, "work"))
    assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
    idp.clock.forward(1)
    assert "code" in answer(own.send(typed=hidden(early.text, "typed"), work=hidden(early.text, "work")))


def test_waiting_is_no_way_to_guess_fast(idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]) -> None:
    flood(idp)
    pages = []
    for number in range(12):
        guesser = person(idp, client, "198.51.100.7")
        pages.append((guesser, guesser.sign_in("wrong", f"person{number}")))
    idp.clock.forward(2)
    for guesser, page in pages:
        guesser.send(typed=hidden(page.text, "typed"), work=hidden(page.text, "work"))
    assert len(hashed) == 3
    # The next one is told how long it really takes.
    assert person(idp, client, "198.51.100.7").sign_in().headers["Retry-After"] == "180"


def test_a_proof_of_work_is_one_look_however_often_it_is_sent(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    flood(idp)
    guesser = person(idp, client)
    page = guesser.sign_in("wrong")
    work = solve(hidden(page.text, "work"))

    def send(number: int) -> int:
        try:
            return guesser.send(username="alice", password=f"wrong {number}", work=work).status_code
        finally:
            idp.core.database.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(8)))
    assert sorted(statuses) == [422] + [429] * 7
    assert len(hashed) == 1


def test_work_is_for_one_sign_in_at_one_network(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    flood(idp)
    one, other = person(idp, client), person(idp, client)
    first, second = one.sign_in("wrong"), other.sign_in("wrong")
    work = solve(hidden(first.text, "work"))
    assert other.go_on(second, work=work).status_code == 429
    one.ip = "203.0.113.77"
    assert one.go_on(first, work=work).status_code == 429
    assert hashed == []


def test_what_was_typed_is_for_one_sign_in_and_ten_minutes(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    flood(idp)
    one, other = person(idp, client), person(idp, client)
    first, second = one.sign_in(), other.sign_in("wrong")
    assert other.go_on(second, typed=hidden(first.text, "typed")).status_code == 422
    assert other.go_on(second, typed="v1.x.y").status_code == 422
    idp.clock.forward(603)
    assert one.send(typed=hidden(first.text, "typed"), work="").status_code == 422


def test_known_browsers_do_not_work(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    own.sign_out()
    flood(idp, 4)
    own.begin()
    assert hidden(own.browser.get(own.page, base_url=ISSUER).text, "work") == ""
    assert "code" in answer(own.sign_in())
    # What another account's browser knows is nothing to this one.
    own.sign_out()
    assert own.sign_in(username="bob").status_code == 429


def test_an_answer_never_tells_whether_there_is_such_an_account(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    flood(idp)
    seen = []
    for number, name in enumerate(("bob", "bob@example.org", "nobody", "nobody@example.org")):
        hashed.clear()
        with idp.core.database.write() as tx:
            tx.run("DELETE FROM rate_limit")
        statuses = []
        for _ in range(7):
            guesser = person(idp, client, f"198.51.{number}.1")
            page = guesser.sign_in("wrong", name)
            statuses += [page.status_code, guesser.go_on(page).status_code]
        seen.append((statuses, len(hashed)))
    assert seen == [([429, 422] * 5 + [429, 303] * 2, 5)] * 4


def test_who_proves_again_types_nothing_twice_either(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    own = person(idp, client)
    answer(own.sign_in())
    # A session whose browser the account no longer knows, as after a year.
    own.browser.delete_cookie("known_browser", domain="localhost")
    flood(idp)
    own.page = idp.authorize(own.browser, client, Pkce(), prompt="login").location
    page = own.send(password=PASSWORD)
    assert page.status_code == 429
    assert "code" in answer(own.go_on(page))


def test_accounts_keep_their_budgets_whoever_works(
    idp: ProviderUnderTest, client: RegisteredClient, hashed: list[str]
) -> None:
    flood(idp)
    for number in range(12):
        guesser = person(idp, client, f"198.51.100.{number}")
        guesser.go_on(guesser.sign_in("wrong"))
    assert len(hashed) == 5


def test_a_wrong_password_by_mail_counts_towards_the_flood_too(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    for number in range(7):
        guess(idp, client, number)
    Post(idp).collect()
    row = idp.core.database.read().one("SELECT sum(count) AS count FROM sign_in_failures")
    assert row
    assert int(row["count"]) == 7
