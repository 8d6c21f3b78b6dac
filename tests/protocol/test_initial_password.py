"""A password that somebody else has made for a person: short-lived, and changed before anything else opens (ASVS 5.0 6.4.1)."""

import pytest
from werkzeug.test import Client, TestResponse

from tests.support.guessing import Post
from tests.support.half_way import ENROLMENT, get, post, signed_in
from tests.support.provider import Pkce, ProviderUnderTest, RegisteredClient, answer

MADE, OWN = "made-for-you-3f9c1e77d2", "violet harbour 42 lanterns"
DAY = 24 * 3600
CHANGE = "/account/password"


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture(autouse=True)
def nora(idp: ProviderUnderTest) -> str:
    seconds = idp.core.settings.lifetimes.initial_password
    return idp.core.accounts.registration.create_confirmed(
        name="Nora", username="nora", email="nora@example.org", password=MADE, password_seconds=seconds
    )


def sign_in(idp: ProviderUnderTest, client: RegisteredClient, browser: Client, password: str = MADE) -> TestResponse:
    return idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location, "nora", password)


def test_no_service_opens_before_it_is_changed(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser = idp.browser()
    step = sign_in(idp, client, browser)
    assert step.location.startswith(f"{CHANGE}?next=/sign-in/")
    assert answer(idp.authorize(browser, client, Pkce(), prompt="none"))["error"] == "interaction_required"
    assert idp.authorize(browser, client, Pkce()).location.startswith(CHANGE)
    page = get(browser, step.location)
    assert "made for you by somebody else" in page.text
    done = post(browser, step.location, current_password=MADE, password=OWN)
    assert done.location.startswith("/sign-in/")
    back = get(browser, done.location)
    assert "code=" in (back if "code=" in back.location else get(browser, back.location)).location
    assert "code" in answer(idp.authorize(browser, client, Pkce()))


def test_nor_any_page_of_the_account(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser = idp.browser()
    sign_in(idp, client, browser)
    pages = ("/account", "/account/profile", "/account/email", "/account/sessions", "/account/services",
             "/account/recovery-email", "/account/security", "/account/security/confirm", *ENROLMENT)  # fmt: skip
    for path in pages:
        for answered in (get(browser, path), post(browser, path)):
            assert answered.status_code == 405 or answered.location.startswith(f"{CHANGE}?next="), path


def test_it_does_not_stay(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser = idp.browser()
    sign_in(idp, client, browser)
    same = post(browser, CHANGE, current_password=MADE, password=MADE)
    assert (same.status_code, "Choose another password" in same.text) == (422, True)


def test_it_expires(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    assert idp.core.settings.lifetimes.initial_password == 14 * DAY
    idp.clock.now += 14 * DAY
    browser = idp.browser()
    refused = sign_in(idp, client, browser)
    assert (refused.status_code, "too old" in refused.text) == (403, True)
    assert not signed_in(browser)
    # Only who has it right is told.
    assert "too old" not in sign_in(idp, client, idp.browser(), "wrong password of hers").text
    # Its owner sets one by mail.
    post(browser, "/forgot-password", username="nora")
    link = Post(idp).collect()[-1]["context"]["link"]
    post(browser, link.removeprefix(idp.core.settings.issuer), password=OWN)
    assert "code" in answer(sign_in(idp, client, browser, OWN))


def test_a_new_one_lasts(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser = idp.browser()
    post(browser, sign_in(idp, client, browser).location, current_password=MADE, password=OWN)
    idp.clock.now += 30 * DAY
    assert "code" in answer(sign_in(idp, client, idp.browser(), OWN))


def test_people_of_the_demonstration_need_not_change_theirs(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    idp.clock.now += 365 * DAY
    browser = idp.browser()
    assert "code" in answer(idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location))
