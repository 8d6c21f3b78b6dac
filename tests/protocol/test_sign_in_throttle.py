"""Guessing is slowed down, and whom it is aimed at still gets in from a browser they have used before."""

from werkzeug.test import Client

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, answer


def try_password(idp: ProviderUnderTest, browser: Client, password: str, username: str = "alice"):
    page = idp.authorize(browser, idp.register(), Pkce())
    return idp.sign_in(browser, page.location, username, password)


def test_guesses_cost_waiting_time_and_never_more_than_the_limit(idp: ProviderUnderTest) -> None:
    browser, waits = idp.browser(), []
    for _ in range(40):
        response = try_password(idp, browser, "wrong")
        if response.status_code == 429:
            waits.append(int(response.headers["Retry-After"]))
            idp.clock.forward(waits[-1])
        else:
            assert response.status_code == 422

    assert waits[:3] == [2, 4, 8]
    assert max(waits) <= 900
    idp.clock.forward(900)
    assert "code" in answer(try_password(idp, browser, "demo-PASSWORD-1"))


def test_unknown_account_is_slowed_alike(idp: ProviderUnderTest) -> None:
    statuses = {
        name: [try_password(idp, idp.browser(), "wrong", name).status_code for _ in range(8)]
        for name in ("bob", "nobody")
    }

    assert statuses["bob"] == statuses["nobody"]


def test_owner_is_not_locked_out_of_a_browser_they_used(idp: ProviderUnderTest) -> None:
    own = idp.browser()
    answer(try_password(idp, own, "demo-PASSWORD-1"))
    own.post("/sign-out", base_url=ISSUER)
    for cookie in ("sso_0", "sso_active"):
        own.delete_cookie(cookie, domain="localhost")
    stranger = idp.browser()
    while try_password(idp, stranger, "wrong").status_code != 429:
        pass

    assert try_password(idp, stranger, "demo-PASSWORD-1").status_code == 429
    assert "code" in answer(try_password(idp, own, "demo-PASSWORD-1"))


def test_known_browser_is_no_way_to_guess_without_end(idp: ProviderUnderTest) -> None:
    own = idp.browser()
    answer(try_password(idp, own, "demo-PASSWORD-1"))
    for cookie in ("sso_0", "sso_active"):
        own.delete_cookie(cookie, domain="localhost")

    statuses = [try_password(idp, own, "wrong").status_code for _ in range(8)]

    assert statuses[-1] == 429


def test_forged_cookie_is_worth_nothing(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    browser.set_cookie("known_browser", "WyJ4IixbIjEiXV0.forged", domain="localhost")

    statuses = [try_password(idp, browser, "wrong").status_code for _ in range(8)]

    assert statuses[-1] == 429
