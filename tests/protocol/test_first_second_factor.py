"""Who knows only the password of an account without a second factor adds none: a code mailed to the confirmed address comes first."""

import re
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client

from idp.accounts.proofs import Purpose
from tests.support.guessing import Post, person, use_up
from tests.support.half_way import CONFIRM, ENROLMENT, begin, get, leads_to_code, post, sid_of
from tests.support.provider import Pkce, ProviderUnderTest, RegisteredClient, answer
from tests.support.strong import (
    HERE,
    TotpOf,
    account_id,
    add_recovery_codes,
    add_totp,
    confirm_by_mail,
    prove_address,
)

OPEN = {
    "factors.security",  # shows, prefers and forgets
    "factors.choose",  # leads to the pages that are guarded
    "factors.prove",  # leads to the sign-in flow
    "factors.factor",  # shows and renames
    "webauthn.name",  # the same
    "push.enrolment_state",  # says whether a device has come
    "accounts.prove_address",  # asks for the code
    "accounts.open_link",
}
"""Pages of the security section that add and remove nothing."""


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def thief(idp: ProviderUnderTest, client: RegisteredClient) -> Client:
    """Signed in with alice's password, a moment ago."""
    browser = idp.browser()
    idp.code(client, Pkce(), browser)
    return browser


def guarded_pages(idp: ProviderUnderTest) -> list[str]:
    """Return every page of the security section that isn't known to be harmless, and where each method says that it is set up."""
    app = idp.provider.flask
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/account/security")]
    assert {rule.endpoint for rule in rules} >= OPEN
    pages = {re.sub("<[^>]+>", "x", rule.rule) for rule in rules if rule.endpoint not in OPEN}
    with app.test_request_context():
        added = {urlsplit(method.add_url()) for method in idp.core.strong.registry}
    # A certificate is asked for at the service that issues them, which wants two factors for it.
    return sorted(pages | {url.path for url in added if not url.netloc})


def test_no_way_to_add_one_is_open_to_the_password_alone(idp: ProviderUnderTest, thief: Client) -> None:
    pages = guarded_pages(idp)
    assert set(pages) >= set(ENROLMENT)
    for page in pages:
        assert leads_to_code(get(thief, page)), page
        assert leads_to_code(post(thief, page, code="123456", choice="keep", credential="{}", number="12")), page
    assert idp.core.strong.factors.listing(account_id(idp, "alice")) == []


def test_what_was_begun_with_the_code_is_not_finished_without_it(idp: ProviderUnderTest, thief: Client) -> None:
    totp, owner = idp.core.strong.totp, account_id(idp, "alice")
    setup = totp.begin(owner, "alice", sid_of(idp))
    _codes, kept = idp.core.strong.recovery_codes.begin(owner, sid_of(idp))
    prove_address(idp)
    for page in ENROLMENT:
        assert get(thief, page).status_code == 200
    idp.clock.now += 601
    with idp.core.database.write() as tx:  # and the password was typed again meanwhile
        now = idp.clock()
        tx.run("UPDATE sso_session SET authenticated_at = :now, proofs = replace(proofs, :old, :new)", now=now,
               old=f'"at":{now - 601}', new=f'"at":{now}')  # fmt: skip
    assert leads_to_code(post(thief, ENROLMENT[0], setup=setup.token, code=TotpOf(idp, setup.secret, 0).code()))
    assert leads_to_code(post(thief, ENROLMENT[1], choice="keep", setup=kept))
    assert leads_to_code(post(thief, ENROLMENT[3], number="12"))
    assert idp.core.strong.factors.listing(owner) == []


def test_the_code_opens_them_and_is_not_asked_for_again(idp: ProviderUnderTest, thief: Client) -> None:
    asked = get(thief, f"{ENROLMENT[0]}?next=/account/profile")
    shown = get(thief, asked.location)
    assert "a•••e@example.org" in shown.text
    assert "alice@example.org" not in shown.text
    assert confirm_by_mail(idp, thief, asked.location).location == f"{ENROLMENT[0]}?next=/account/profile"
    for page in ENROLMENT:
        assert get(thief, page).status_code == 200
    # Reloaded, or by the back button: on to where they were going.
    assert get(thief, asked.location).location.startswith(ENROLMENT[0])
    idp.clock.now += 601
    assert get(thief, ENROLMENT[0]).location.startswith("/sign-in/")


def test_it_is_worth_nothing_in_another_session(
    idp: ProviderUnderTest, client: RegisteredClient, thief: Client
) -> None:
    """The owner's code, typed in the owner's browser."""
    owner = idp.browser()
    idp.code(client, Pkce(), owner)
    confirm_by_mail(idp, owner, CONFIRM)
    assert get(owner, ENROLMENT[0]).status_code == 200
    assert leads_to_code(get(thief, ENROLMENT[0]))
    # Nor is it in the owner's next one.
    post(owner, "/sign-out")
    idp.code(client, Pkce(), owner)
    assert leads_to_code(get(owner, ENROLMENT[0]))


def test_a_copied_cookie_has_nothing_of_the_proof(idp: ProviderUnderTest, thief: Client) -> None:
    copy = idp.browser()
    copy.set_cookie("sso_0", thief.get_cookie("sso_0").value)  # type: ignore[union-attr]
    confirm_by_mail(idp, thief, CONFIRM)
    assert get(copy, "/account").location.startswith("/sign-in/")
    assert get(thief, "/account").status_code == 200


def test_a_new_address_set_by_the_password_alone_vouches_for_nobody(idp: ProviderUnderTest, thief: Client) -> None:
    addresses, owner = idp.core.accounts.addresses, account_id(idp, "alice")
    mails = Post(idp)
    changed = post(thief, "/account/email", email="thief@example.net")
    code = next(one["context"]["code"] for one in mails.collect() if one["to"] == "thief@example.net")
    post(thief, changed.location, code=code)
    assert addresses.of_account(owner)[0]["address"] == "thief@example.net"
    page = get(thief, get(thief, ENROLMENT[0]).location)
    assert "too new" in page.text
    post(thief, CONFIRM, send="1")
    assert [one for one in mails.collect() if one["template"] == Purpose.ADD_FACTOR] == []
    # A mail that goes there for another reason doesn't help either.
    assert not idp.core.accounts.address_proofs.is_settled(owner)
    # It still recovers the account: for its owner nothing else has changed.
    idp.core.accounts.recovery.forgot_password("thief@example.net", HERE)
    assert [one["template"] for one in mails.collect()] == ["reset_password"]
    idp.clock.now += idp.core.settings.lifetimes.recovery_waiting
    assert idp.core.accounts.address_proofs.is_settled(owner)


def test_who_has_proven_the_address_exchanges_it_at_once(idp: ProviderUnderTest, thief: Client) -> None:
    confirm_by_mail(idp, thief, CONFIRM)
    mails = Post(idp)
    changed = post(thief, "/account/email", email="new@example.net")
    code = next(one["context"]["code"] for one in mails.collect() if one["to"] == "new@example.net")
    post(thief, changed.location, code=code)
    assert idp.core.accounts.address_proofs.addresses(account_id(idp, "alice")) == ["new@example.net"]


def test_an_account_without_an_address_is_asked_for_one(idp: ProviderUnderTest, thief: Client) -> None:
    with idp.core.database.write() as tx:
        tx.run("DELETE FROM email_address WHERE account_id = :id", id=account_id(idp, "alice"))
    asked = get(thief, ENROLMENT[0])
    assert "Add an e-mail address" in get(thief, asked.location).text


def test_on_the_way_to_a_service_too(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser, pkce = idp.browser(), Pkce()
    step = idp.sign_in(browser, idp.authorize(browser, client, pkce, acr_values="aal2").location)
    add = step.location.replace("/add?", "/totp/add?")
    asked = get(browser, add)
    assert leads_to_code(asked)
    assert "to continue to Example service" in get(browser, asked.location).text
    assert confirm_by_mail(idp, browser, asked.location).location == add
    page = get(browser, add).text
    secret = page.split('id="secret" dir="ltr">')[1].split("<")[0].replace(" ", "")
    setup = page.split('name="setup"')[1].split('value="')[1].split('"')[0]
    done = post(browser, add, setup=setup, code=TotpOf(idp, secret, 0).code(), name="Phone")
    assert "code" in answer(get(browser, done.location))


class TestProvenAlready:
    def test_who_signed_in_by_a_mailed_code(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        mails = Post(idp)
        use_up(idp, client)
        new = person(idp, client)
        page = new.sign_in()
        (mail,) = mails.collect()
        assert "code" in answer(new.post(page.location, code=mail["context"]["code"]))
        assert get(new.browser, ENROLMENT[0]).status_code == 200

    def test_but_not_at_an_address_that_is_too_new(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        with idp.core.database.write() as tx:
            tx.run("UPDATE email_address SET usable_from = :later", later=idp.clock() + 86_400)
        mails = Post(idp)
        use_up(idp, client)
        new = person(idp, client)
        page = new.sign_in()
        (mail,) = mails.collect()
        assert "code" in answer(new.post(page.location, code=mail["context"]["code"]))
        assert leads_to_code(get(new.browser, ENROLMENT[0]))

    @pytest.mark.parametrize("by", ["code", "link"])
    def test_who_activated_the_account_here(self, idp: ProviderUnderTest, by: str) -> None:
        browser, other = idp.browser(), idp.browser()
        password = "violet tractor 19 hums"
        form = {"name": "Noor", "username": "noor", "email": "noor@example.net", "password": password, "language": "en",
                "country": "LB", "terms": "y"}  # fmt: skip
        begun = post(browser, "/create-account", **form)
        (mail,) = Post(idp).collect()
        if by == "code":
            assert post(browser, begun.location, code=mail["context"]["code"]).status_code == 200
        else:
            assert post(browser, urlsplit(mail["context"]["link"]).path).status_code == 200
        copied = browser.get_cookie("idp_web")
        assert copied
        for one in (browser, other):
            idp.sign_in(one, get(one, "/account").location, "noor", password)
        assert get(browser, ENROLMENT[0]).status_code == 200
        assert leads_to_code(get(other, ENROLMENT[0]))
        # Once: who has kept the cookie has nothing by it.
        late = idp.browser()
        late.set_cookie("idp_web", copied.value)
        idp.sign_in(late, get(late, "/account").location, "noor", password)
        assert leads_to_code(get(late, ENROLMENT[0]))

    def test_who_reset_the_password_here(self, idp: ProviderUnderTest) -> None:
        browser, new = idp.browser(), "seven green lanterns drift"
        post(browser, "/forgot-password", username="alice")
        (mail,) = Post(idp).collect()
        link = urlsplit(mail["context"]["link"]).path
        assert post(browser, link, password=new).status_code == 200
        idp.sign_in(browser, get(browser, "/account").location, "alice", new)
        assert get(browser, ENROLMENT[0]).status_code == 200

    def test_who_has_two_factors_is_asked_for_those(self, idp: ProviderUnderTest, thief: Client) -> None:
        prove_address(idp)
        add_totp(idp, "alice")
        assert "/with/totp" in get(thief, ENROLMENT[0]).location


class TestLosingThem:
    def test_nothing_is_removed_by_the_password_alone(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """ASVS 5.0 6.4.4: what enrolling took, losing takes too."""
        add_totp(idp, "alice")
        add_recovery_codes(idp, "alice")
        browser, reset = idp.browser(), idp.core.strong.reset
        address = begin(idp, browser, client)
        assert post(browser, f"{address}/lost").location == f"{address}/lost/code"
        sent = post(browser, f"{address}/lost/code", send="1")
        post(browser, sent.location, code="2222-2222")
        assert reset.due_at(account_id(idp, "alice")) is None
        assert confirm_by_mail(idp, browser, f"{address}/lost/code").location == f"{address}/lost"
        assert reset.due_at(account_id(idp, "alice"))

    def test_nor_by_who_has_a_session_and_no_password(self, idp: ProviderUnderTest, thief: Client) -> None:
        add_totp(idp, "alice")
        step = get(thief, ENROLMENT[0]).location
        lost = step.partition("/with/")[0] + "/lost"
        assert post(thief, f"{lost}/code", send="1").location == lost


def test_a_certificate_that_nobody_has_used_does_not_open_a_service(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    owner = account_id(idp, "alice")
    with idp.core.database.write() as tx:
        idp.core.strong.factors.add(tx, owner, "certificate", "Certificate", HERE)
    browser = idp.browser()
    step = idp.sign_in(browser, idp.authorize(browser, client, Pkce(), acr_values="aal2").location)
    assert leads_to_code(step)
    with_certificate = confirm_by_mail(idp, browser, step.location).location
    assert get(browser, with_certificate).location.endswith("/with/certificate")
