"""The page that asks for a code mailed to the confirmed address, and the code: counted, once, for one person in one browser."""

import re
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client

from config.tuning import REPEATED_WITHIN
from idp.accounts.proofs import Purpose
from tests.support.guessing import Post
from tests.support.half_way import CONFIRM, ENROLMENT, get, leads_to_code, post
from tests.support.people import other_than
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, csrf
from tests.support.strong import HERE, account_id, confirm_by_mail


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def thief(idp: ProviderUnderTest, client: RegisteredClient) -> Client:
    """Signed in with alice's password, a moment ago."""
    browser = idp.browser()
    idp.code(client, Pkce(), browser)
    return browser


def test_a_wrong_code_and_many(idp: ProviderUnderTest, thief: Client) -> None:
    sent = post(thief, CONFIRM, send="1")
    (mail,) = (one for one in Post(idp).collect() if one["template"] == "add_factor")
    right = mail["context"]["code"]
    wrong = post(thief, sent.location, code=other_than(right))
    assert (wrong.status_code, "isn’t the code we sent" in wrong.text) == (422, True)
    assert post(thief, sent.location, code="").status_code == 422
    for _ in range(9):
        post(thief, sent.location, code=other_than(right))
    off = post(thief, sent.location, code=right)
    assert "too many wrong codes" in off.text
    assert leads_to_code(get(thief, ENROLMENT[0]))
    # The link still works, in this browser.
    link = urlsplit(mail["context"]["link"]).path
    page = get(thief, get(thief, link).location)
    token = re.search(r'name="link" value="([^"]+)"', page.text)
    assert token
    assert post(thief, sent.location, link=token[1]).location == "/account/security"
    assert get(thief, ENROLMENT[0]).status_code == 200


def test_a_stranger_s_guesses_at_resets_turn_no_code_off(idp: ProviderUnderTest, thief: Client) -> None:
    recovery = idp.core.accounts.recovery
    reset = recovery.forgot_password("alice", HERE)
    Post(idp).collect()
    for _ in range(4):
        recovery.prove_code(reset, "2222-2222", HERE)
        idp.clock.now += 1
    assert confirm_by_mail(idp, thief, CONFIRM).status_code == 303


def test_the_link_proves_nothing_in_another_browser(
    idp: ProviderUnderTest, client: RegisteredClient, thief: Client
) -> None:
    """The thief asks, and the owner opens the link: in the thief's session nothing has changed."""
    post(thief, CONFIRM, send="1")
    (mail,) = (one for one in Post(idp).collect() if one["template"] == "add_factor")
    link = urlsplit(mail["context"]["link"]).path
    owner = idp.browser()
    idp.code(client, Pkce(), owner)
    for browser in (idp.browser(), owner):
        shown = get(browser, link)
        assert "in which you asked for it" in shown.text
    assert leads_to_code(get(thief, ENROLMENT[0]))


def test_a_code_of_another_account_or_purpose_is_none(idp: ProviderUnderTest, thief: Client) -> None:
    proofs, bob = idp.core.accounts.address_proofs, account_id(idp, "bob")
    sent = post(thief, CONFIRM, send="1")
    others = (
        proofs.request(bob, Purpose.ADD_FACTOR, HERE),
        proofs.request(account_id(idp, "alice"), Purpose.RESET_FACTORS, HERE),
    )
    mails = Post(idp).collect()
    for begun, to, template in (
        (others[0], "bob@example.org", "add_factor"),
        (others[1], "alice@example.org", "reset_factors"),
    ):
        mail = next(one for one in mails if (one["to"], one["template"]) == (to, template))
        token = mail["context"]["link"].rpartition("/")[2]
        post(thief, f"{CONFIRM}?c={begun}", code=mail["context"]["code"])
        post(thief, sent.location, code=mail["context"]["code"])
        post(thief, sent.location, link=token)
    assert leads_to_code(get(thief, ENROLMENT[0]))


def test_a_code_is_good_for_once_and_for_an_hour(idp: ProviderUnderTest, thief: Client) -> None:
    sent = post(thief, CONFIRM, send="1")
    (mail,) = (one for one in Post(idp).collect() if one["template"] == "add_factor")
    with idp.core.database.write() as tx:
        tx.run("UPDATE confirmation SET expires_at = :now", now=idp.clock())
    late = post(thief, sent.location, code=mail["context"]["code"])
    assert "can no longer be used" in late.text
    idp.clock.now += 61
    again = post(thief, sent.location, resend="1")
    assert "sent=1" in again.location
    assert confirm_by_mail(idp, thief, CONFIRM).status_code == 303
    with idp.core.database.write() as tx:
        tx.run("UPDATE sso_session SET address_proven_at = 0")
    post(thief, sent.location, code=mail["context"]["code"])
    assert leads_to_code(get(thief, ENROLMENT[0]))


def test_a_second_click_is_led_on(idp: ProviderUnderTest, thief: Client) -> None:
    sent = post(thief, f"{CONFIRM}?next={ENROLMENT[0]}", send="1")
    (mail,) = (one for one in Post(idp).collect() if one["template"] == "add_factor")
    former = {name: thief.get_cookie(name).value for name in ("sso_0", "idp_web")}  # type: ignore[union-attr]
    form = {"csrf_token": csrf(get(thief, sent.location).text), "code": mail["context"]["code"]}
    assert thief.post(sent.location, data=form, base_url=ISSUER).location == ENROLMENT[0]
    # Sent before the first one's answer, or after it: the page's own address, which leads on.
    crossed = idp.browser()
    for name, value in former.items():
        crossed.set_cookie(name, value)
    for browser in (crossed, thief):
        assert browser.post(sent.location, data=form, base_url=ISSUER).location == sent.location
    assert get(thief, sent.location).location == ENROLMENT[0]


def test_nobody_is_mailed_by_opening_the_page(idp: ProviderUnderTest, thief: Client) -> None:
    for _ in range(3):
        get(thief, get(thief, ENROLMENT[0]).location)
    assert Post(idp).collect() == []
    pages = []
    for _ in range(6):
        pages.append(post(thief, CONFIRM, send="1").location)
        idp.clock.now += REPEATED_WITHIN + 1
    assert len(set(pages)) == 1
    assert len(Post(idp).collect()) == idp.core.settings.rate_limits.mails.burst
    # What the turned clock has given back is used up first.
    assert 429 in {post(thief, CONFIRM, send="1").status_code for _ in range(3)}


def test_the_mail_says_what_is_about_to_happen(idp: ProviderUnderTest, thief: Client) -> None:
    post(thief, CONFIRM, send="1")
    (mail,) = Post(idp).collect()
    assert (mail["to"], mail["template"]) == ("alice@example.org", "add_factor")
    assert mail["context"]["reset"] == f"{ISSUER}/forgot-password"


def test_who_has_no_address_is_led_on_once_there_is_one(idp: ProviderUnderTest, thief: Client) -> None:
    with idp.core.database.write() as tx:
        tx.run("DELETE FROM email_address WHERE account_id = :id", id=account_id(idp, "alice"))
    page = get(thief, get(thief, ENROLMENT[0]).location)
    found = re.search(r'class="button" href="(/account/email[^"]+)"', page.text)
    assert found
    sent = post(thief, found[1].replace("&amp;", "&"), email="new@example.net")
    code = next(one["context"]["code"] for one in Post(idp).collect() if one["to"] == "new@example.net")
    done = post(thief, sent.location, code=code)
    assert urlsplit(done.location).path == CONFIRM
    # By the password alone: it waits, as an address that was exchanged does.
    assert "too new" in get(thief, done.location).text
