"""A form that is sent twice at the same moment is one event: one mail, one row, and the same page for both."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from config.tuning import REPEATED_WITHIN
from tests.protocol.test_two_at_once import together
from tests.support.guessing import Post
from tests.support.half_way import post
from tests.support.provider import ISSUER, PASSWORD, Pkce, ProviderUnderTest
from tests.support.strong import HERE, account_id, add_totp

CLICKS = 3
NEW = "eleven slow green lanterns"
SIGN_UP = {
    "name": "Nora Lee", "username": "nora.lee", "email": "nora@example.org", "password": NEW, "language": "en", "country": "CH", "terms": "y",
}  # fmt: skip


@pytest.fixture
def alices(idp: ProviderUnderTest) -> Client:
    """Alice's browser, signed in."""
    signed_in = idp.browser()
    idp.code(idp.register(), Pkce(), signed_in)
    return signed_in


def click(
    idp: ProviderUnderTest, browser: Client, path: str, *, times: int = CLICKS, **fields: str
) -> tuple[list[TestResponse], Counter[str]]:
    """Send a form several times at once; return the answers, and how many mails of which kind went out."""
    box = Post(idp)
    box.collect()
    answers = together(idp, browser, path, times, **fields)
    assert {one.status_code for one in answers} <= {200, 303}, [one.status_code for one in answers]
    return answers, Counter(mail["template"] for mail in box.collect())


def locations(answers: list[TestResponse]) -> set[str]:
    return {one.headers.get("Location", "") for one in answers}


def test_a_new_address_is_asked_for_once(idp: ProviderUnderTest, alices: Client) -> None:
    answers, mails = click(idp, alices, "/account/email", email="new@example.org")
    assert (len(locations(answers)), mails) == (1, {"confirm_email": 1, "email_change_asked": 1})
    _, other = click(idp, alices, "/account/email", email="another@example.org")
    assert other == {"confirm_email": 1, "email_change_asked": 1}
    idp.clock.now += REPEATED_WITHIN
    _, later = click(idp, alices, "/account/email", email="another@example.org")
    assert later == {"confirm_email": 1, "email_change_asked": 1}


def test_a_recovery_address_is_asked_for_once(idp: ProviderUnderTest, alices: Client) -> None:
    answers, mails = click(idp, alices, "/account/recovery-email", email="spare@example.net")
    assert (len(locations(answers)), mails) == (1, {"confirm_recovery_email": 1})


@pytest.mark.parametrize(
    ("path", "fields", "template"),
    [
        ("/forgot-password", {"username": "alice"}, "reset_password"),
        ("/forgot-password", {"username": "alice@example.org"}, "reset_password"),
        ("/forgot-username", {"email": "alice@example.org"}, "usernames"),
    ],
)
def test_a_way_back_in_is_mailed_once(idp: ProviderUnderTest, path: str, fields: dict[str, str], template: str) -> None:
    _, mails = click(idp, idp.browser(), path, **fields)
    assert mails == {template: 1}
    idp.clock.now += REPEATED_WITHIN
    _, later = click(idp, idp.browser(), path, **fields)
    assert later == {template: 1}


def test_clicks_use_up_no_mails_of_the_hour(idp: ProviderUnderTest) -> None:
    for _ in range(4):
        _, mails = click(idp, idp.browser(), "/forgot-password", username="alice")
        assert mails == {"reset_password": 1}
        idp.clock.now += 600


def test_a_sign_up_is_one_request(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    answers, mails = click(idp, browser, "/create-account", **SIGN_UP)
    assert (len(locations(answers)), mails) == (1, {"confirm_sign_up": 1})
    # Another password is another sign-up: none is lost silently.
    idp.clock.now += 300
    others, mails = click(idp, browser, "/create-account", times=2, **SIGN_UP | {"password": f"{NEW} again"})
    assert (len(locations(others) | locations(answers)), mails) == (2, {"confirm_sign_up": 1})
    idp.clock.now += 300
    again, mails = click(idp, browser, "/create-account", **SIGN_UP)
    assert (locations(again), mails) == (locations(answers), {"confirm_sign_up": 1})


def test_a_sign_up_goes_on_where_it_was_after_another_one_was_confirmed(idp: ProviderUnderTest) -> None:
    """Signed up, closed, and signed up with the same again: a request that was used up isn't the new one."""
    browser = idp.browser()
    first, _ = click(idp, browser, "/create-account", **SIGN_UP)
    with idp.core.database.write() as tx:
        tx.run("UPDATE confirmation SET used_at = 1")
    idp.clock.now += REPEATED_WITHIN
    second = post(browser, "/create-account", **SIGN_UP)
    assert second.location not in locations(first)


def test_a_new_password_is_set_and_told_of_once(idp: ProviderUnderTest, alices: Client) -> None:
    answers, mails = click(idp, alices, "/account/password", current_password=PASSWORD, password=NEW)
    assert (len(locations(answers)), mails) == (1, {"password_changed": 1})
    # One answer has the session's new cookie: whichever comes last, the browser has a good one.
    assert sum("sso_0=" in header for one in answers for header in one.headers.getlist("Set-Cookie")) == 1


@pytest.mark.usefixtures("alices")
def test_two_new_passwords_at_once_are_not_both_said_to_be_set(idp: ProviderUnderTest) -> None:
    profile, accounts = idp.core.accounts.profile, idp.core.accounts
    (session,) = accounts.sessions.listing(account_id(idp, "alice"))
    usual = profile._new_password.prepare

    def meanwhile(owner: str, password: str) -> object:
        profile._new_password.prepare = usual  # type: ignore[method-assign]
        assert isinstance(profile.change_password(session, PASSWORD, f"{NEW} of another", HERE), str)
        return usual(owner, password)

    profile._new_password.prepare = meanwhile  # type: ignore[method-assign, assignment]
    assert getattr(profile.change_password(session, PASSWORD, NEW, HERE), "reason", "") == "wrong"


def test_a_method_is_removed_and_told_of_once(idp: ProviderUnderTest, alices: Client) -> None:
    app = add_totp(idp, "alice")
    (factor,) = idp.core.strong.factors.listing(account_id(idp, "alice"))
    step = idp.authorize(alices, idp.register(), Pkce(), acr_values="aal2")
    post(alices, step.location, code=app.code())
    answers, mails = click(idp, alices, f"/account/security/methods/{factor.id}/remove")
    assert mails == {"factor_removed": 1}
    assert len(locations(answers)) <= 2


def test_a_sign_up_is_confirmed_once_by_link_and_by_code(idp: ProviderUnderTest) -> None:
    for number, by_link in enumerate((True, False)):
        browser, box = idp.browser(), Post(idp)
        page = post(
            browser, "/create-account", **SIGN_UP | {"username": f"nora{number}", "email": f"n{number}@example.org"}
        )
        (mail,) = box.collect()
        path = urlsplit(mail["context"]["link"]).path if by_link else page.location
        answers, mails = click(idp, browser, path, code=mail["context"]["code"])
        assert all("Your account is ready" in one.text for one in answers)
        assert mails == {"welcome": 1}
        assert by_link is (browser.get(path, base_url=ISSUER).status_code == 410)


def test_a_new_address_is_confirmed_once_by_its_link(idp: ProviderUnderTest, alices: Client) -> None:
    box = Post(idp)
    post(alices, "/account/email", email="new@example.org")
    links = [mail["context"]["link"] for mail in box.collect() if mail["template"] == "confirm_email"]
    answers, mails = click(idp, alices, urlsplit(links[0]).path)
    assert all("new@example.org is now the address" in one.text for one in answers)
    assert mails == {"email_changed": 2}, "to the former address and to the new one"


def test_a_link_that_another_change_made_worthless_confirms_nothing(idp: ProviderUnderTest, alices: Client) -> None:
    box = Post(idp)
    for address in ("new@example.org", "newer@example.org"):
        post(alices, "/account/email", email=address)
    former = next(mail for mail in box.collect() if mail["to"] == "new@example.org")
    answer = post(alices, urlsplit(former["context"]["link"]).path)
    assert (answer.status_code, "is now the address" in answer.text) == (410, False)


def test_a_forgotten_password_is_set_once_by_its_link(idp: ProviderUnderTest) -> None:
    browser, box = idp.browser(), Post(idp)
    post(browser, "/forgot-password", username="alice")
    (mail,) = box.collect()
    path = urlsplit(mail["context"]["link"]).path
    answers, mails = click(idp, browser, path, password=NEW)
    assert all("Your password is changed" in one.text for one in answers)
    assert mails == {"password_reset": 1}
    assert post(browser, path, password=f"{NEW} again").status_code == 410
    idp.clock.now += REPEATED_WITHIN + 1
    assert post(browser, path, password=NEW).status_code == 410


def test_a_forgotten_password_is_set_once_after_the_code(idp: ProviderUnderTest) -> None:
    browser, box = idp.browser(), Post(idp)
    page = post(browser, "/forgot-password", username="alice").location
    (mail,) = box.collect()
    assert post(browser, page, code=mail["context"]["code"]).status_code == 303
    answers, mails = click(idp, browser, page, password=NEW)
    assert all("Your password is changed" in one.text for one in answers)
    assert mails == {"password_reset": 1}
