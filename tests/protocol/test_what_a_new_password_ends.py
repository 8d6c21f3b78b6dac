"""A new password, by its owner or by mail, and "it wasn't me": nothing that a thief holds beside the password outlives them."""

from collections.abc import Callable

import pytest

from config.tuning import REPEATED_WITHIN
from idp.accounts.proofs import Purpose, Unproven
from idp.accounts.strength import password
from idp.factors.push.store import requests
from tests.support.half_way import get, live_sessions, post
from tests.support.provider import ISSUER, PASSWORD, Pkce, ProviderUnderTest
from tests.support.strong import HERE, account_id, add_totp

NEW = "seven green lanterns drift"


def by_owner(idp: ProviderUnderTest) -> None:
    accounts = idp.core.accounts
    with idp.core.database.write() as tx:
        proofs = [password(idp.clock())]
        session, _ = accounts.sessions.start(
            tx, account_id(idp, "alice"), proofs, ip=None, user_agent=None, remember=False
        )
    with idp.provider.flask.test_request_context():
        assert isinstance(accounts.profile.change_password(session, PASSWORD, NEW, HERE), str)
    with idp.core.database.write() as tx:
        accounts.sessions.end(tx, session.sid, "signed_out")


def by_mail(idp: ProviderUnderTest) -> None:
    token = mailed(idp, Purpose.RESET_PASSWORD)
    assert idp.core.accounts.recovery.reset_by_link(token, NEW, HERE) is None


def by_lockdown(idp: ProviderUnderTest) -> None:
    with idp.core.database.write() as tx:
        idp.core.accounts.lockdown.lock(tx, account_id(idp, "alice"), HERE)


def mailed(idp: ProviderUnderTest, purpose: Purpose, address: str = "") -> str:
    with idp.core.database.write() as tx:
        _, proof = idp.core.accounts.confirmations.request(tx, purpose, address, account_id=account_id(idp, "alice"))
    assert proof
    return proof.token


@pytest.fixture(params=[by_owner, by_mail, by_lockdown])
def end(request: pytest.FixtureRequest, idp: ProviderUnderTest) -> Callable[[], None]:
    return lambda: request.param(idp)


def test_refresh_tokens_with_offline_access_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    client = idp.register()
    tokens = idp.tokens(client, scope="openid offline_access")
    end()
    answered = idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answered.get_json()["error"] == "invalid_grant"


def test_codes_that_were_not_redeemed_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce)
    end()
    assert idp.redeem(client, code, pkce).get_json()["error"] == "invalid_grant"


def test_other_sessions_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    idp.code(idp.register(), Pkce())
    assert live_sessions(idp, "alice") == 1
    end()
    assert live_sessions(idp, "alice") == 0


def test_trusted_browsers_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    owner, trusted = account_id(idp, "alice"), idp.core.strong.trusted
    add_totp(idp, "alice")
    methods = idp.core.strong.standings.of(owner).fingerprint
    with idp.provider.flask.test_request_context() as context, idp.core.database.write() as tx:
        trusted.trust(tx, context.request, owner, methods, HERE)
    assert trusted.listing(owner, methods)
    end()
    assert not trusted.listing(owner, methods)


def test_a_reset_of_all_methods_that_waits_ends(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    owner = account_id(idp, "alice")
    idp.core.strong.reset.ask(owner, HERE)
    end()
    assert idp.core.strong.reset.due_at(owner) is None


def test_open_approvals_and_given_ones_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    owner, now = account_id(idp, "alice"), idp.clock()
    with idp.core.database.write() as tx:
        for each in ("open", "given"):
            requests.insert(
                tx,
                id=each,
                account_id=owner,
                attempt_id=each,
                proven="",
                number="12",
                challenge=each,
                service="",
                ip=None,
                user_agent=None,
                now=now,
                expires_at=now + 100,
                delivery="none",
            )
        tx.run(
            "INSERT INTO factor (id, account_id, method, name, created_at) VALUES ('f', :id, 'push', '', 0)", id=owner
        )
        tx.run(
            "UPDATE push_request SET answer = 'approved', answered_at = :now, answered_by = 'f' WHERE id = 'given'",
            now=now,
        )
    end()
    with idp.core.database.write() as tx:
        assert not requests.open_of(tx, owner, now=now)
        assert requests.use(tx, "given", "given", now=now, since=now - 100) is None


def test_a_device_that_is_being_registered_is_turned_away(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    owner, enrolments = account_id(idp, "alice"), idp.core.strong.push.enrolments
    begun = enrolments.open("thief", owner)
    end()
    assert enrolments.challenge(begun.secret) == ""


def test_links_and_codes_in_mails_end(idp: ProviderUnderTest, end: Callable[[], None]) -> None:
    accounts = idp.core.accounts
    change = mailed(idp, Purpose.CHANGE_EMAIL, "thief@example.net")
    recovery = mailed(idp, Purpose.RECOVERY_EMAIL, "thief@example.org")
    reset = mailed(idp, Purpose.RESET_PASSWORD)
    idp.clock.now += REPEATED_WITHIN  # the next one is another event
    end()
    assert accounts.addresses.confirm_link(change, HERE) is Unproven.SPENT
    assert accounts.recovery_email.confirm_link(recovery, HERE) is Unproven.SPENT
    assert accounts.recovery.reset_by_link(reset, PASSWORD + NEW, HERE) is Unproven.SPENT


def test_a_copy_of_the_owners_own_cookie_is_worth_nothing_after_the_change(idp: ProviderUnderTest) -> None:
    owner, thief = idp.browser(), idp.browser()
    idp.code(idp.register(), Pkce(), owner)
    for cookie in list(owner._cookies.values()):
        thief.set_cookie(cookie.key, cookie.value, domain="localhost")
    assert get(thief, "/account").status_code == 200
    changed = post(owner, "/account/password", current_password=PASSWORD, password=NEW)
    assert changed.location == "/account/sessions"
    assert get(owner, "/account").status_code == 200
    assert "/sign-in" in get(thief, "/account").location


def test_with_a_second_step_a_shorter_password_is_taken(idp: ProviderUnderTest) -> None:
    accounts, owner = idp.core.accounts, account_id(idp, "alice")
    assert accounts.new_password.min_length(owner) == 15
    add_totp(idp, "alice")
    assert accounts.new_password.min_length(owner) == 8


def test_a_short_password_still_signs_in_and_is_asked_about_once(idp: ProviderUnderTest) -> None:
    """On the way to a service: one page, with the way to a longer one and the way on."""
    short = "x7#Lq9!vR2"
    idp.core.accounts.registration.create_confirmed(
        name="Short", username="short", email="short@example.org", password=short
    )
    client, browser = idp.register(), idp.browser()
    step = idp.authorize(browser, client, Pkce())
    offered = idp.sign_in(browser, step.location, "short", short)
    assert offered.location.endswith("/offer")
    for _ in range(2):
        assert "Choose a longer password" in get(browser, offered.location).text, "when it is reloaded, too"
    on = post(browser, offered.location)
    assert on.location.startswith("https://rp.example/callback?code=")

    again = idp.browser()
    step = idp.authorize(again, client, Pkce())
    assert idp.sign_in(again, step.location, "short", short).location.startswith("https://rp.example/callback?code=")


def test_from_the_page_about_a_short_password_one_goes_on_to_the_service(idp: ProviderUnderTest) -> None:
    short = "x7#Lq9!vR2"
    idp.core.accounts.registration.create_confirmed(
        name="Short", username="short", email="short@example.org", password=short
    )
    browser = idp.browser()
    step = idp.authorize(browser, idp.register(), Pkce())
    offered = idp.sign_in(browser, step.location, "short", short)
    page = get(browser, offered.location).text
    change = page.partition('id="change-password" href="')[2].partition('"')[0]
    changed = post(browser, change, current_password=short, password=NEW)
    # The sign-in that the former password was typed in has ended with it: the service's request is made anew.
    anew = browser.get(changed.location, base_url=ISSUER)
    on = browser.get(anew.location, base_url=ISSUER)
    assert on.location.startswith("https://rp.example/callback?code=")
