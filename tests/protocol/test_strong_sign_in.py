"""A sign-in that takes more than the password, over the whole provider."""

from typing import Any

import pyotp
import pytest
from werkzeug.test import Client, TestResponse

from idp.accounts.proofs import Purpose
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import HERE, TotpOf, add_recovery_codes, add_totp, confirm_by_mail, prove_address


def follow(browser: Client, response: TestResponse) -> TestResponse:
    """Open the page that a redirect leads to."""
    return browser.get(response.location, base_url=ISSUER)


def begin(idp: ProviderUnderTest, browser: Client, client: RegisteredClient, **changes: Any) -> TestResponse:
    """Sign alice in with her password, as far as that leads."""
    response = idp.authorize(browser, client, Pkce(), **changes)
    return idp.sign_in(browser, response.location)


def prove(browser: Client, step: TestResponse, code: str, **more: str) -> TestResponse:
    page = follow(browser, step)
    return browser.post(step.location, data={"csrf_token": csrf(page.text), "code": code, **more}, base_url=ISSUER)


@pytest.fixture
def app(idp: ProviderUnderTest) -> TotpOf:
    return add_totp(idp, "alice")


def test_the_password_alone_opens_nothing(idp: ProviderUnderTest, app: TotpOf) -> None:
    browser, client = idp.browser(), idp.register()
    step = begin(idp, browser, client)
    assert "/with/totp" in step.location
    assert browser.get_cookie("sso_0") is None
    # neither here nor elsewhere
    assert "/sign-in/" in idp.authorize(browser, client, Pkce()).location
    assert "/sign-in" in browser.get("/account", base_url=ISSUER).location


def test_a_code_completes_it(idp: ProviderUnderTest, app: TotpOf) -> None:
    browser, client, pkce = idp.browser(), idp.register(), Pkce()
    response = idp.authorize(browser, client, pkce)
    step = idp.sign_in(browser, response.location)
    code = answer(prove(browser, step, app.code()))["code"]
    tokens = idp.redeem(client, code, pkce).get_json()
    claims = idp.core.signer.verify(tokens["id_token"], typ="JWT")
    assert (claims["acr"], claims["amr"], claims["auth_time"]) == ("aal2", ["pwd", "otp", "mfa"], idp.clock())


def test_a_code_is_good_for_once(idp: ProviderUnderTest, app: TotpOf) -> None:
    client, code = idp.register(), app.code()
    answer(prove(first := idp.browser(), begin(idp, first, client), code))
    again = prove(second := idp.browser(), begin(idp, second, client), code)
    assert again.status_code == 422
    assert "used before" in again.text


def test_wrong_codes_wait_and_then_another_way_is_asked_for(idp: ProviderUnderTest, app: TotpOf) -> None:
    codes = add_recovery_codes(idp, "alice")
    browser, client = idp.browser(), idp.register()
    step, right = begin(idp, browser, client), app.code()
    statuses = [prove(browser, step, "000000").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    # the right one isn't looked at either
    assert prove(browser, step, right).status_code == 429
    for _ in range(5):
        idp.clock.now += 3600
        prove(browser, begin(idp, browser, client), "000000")
    idp.clock.now += 3600
    step = begin(idp, browser, client)
    blocked = prove(browser, step, app.code())
    assert blocked.status_code == 429
    assert "Use another way" in blocked.text
    other = browser.get(step.location.replace("/totp", "/recovery_codes"), base_url=ISSUER)
    done = browser.post(
        other.request.path, data={"csrf_token": csrf(other.text), "code": codes[0].upper()}, base_url=ISSUER
    )
    answer(done)
    # it was the owner: everything is forgotten
    answer(prove(third := idp.browser(), begin(idp, third, client), app.code()))


def test_a_trusted_browser_asks_for_the_password_only(idp: ProviderUnderTest, app: TotpOf) -> None:
    browser, client = idp.browser(), idp.register()
    answer(prove(browser, begin(idp, browser, client), app.code(), trust="y"))
    browser.delete_cookie("sso_0")
    answer(begin(idp, browser, client))
    # trust is no proof
    step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
    assert "/with/totp" in step.location
    # and it ends when anything about the methods changes
    add_totp(idp, "alice")
    browser.delete_cookie("sso_0")
    assert "/with/totp" in begin(idp, browser, client).location


def test_who_lost_everything_waits(idp: ProviderUnderTest, app: TotpOf) -> None:
    browser, client = idp.browser(), idp.register()
    step = begin(idp, browser, client)
    lost = step.location.replace("/with/totp", "/lost")
    page = browser.get(lost, base_url=ISSUER)
    assert "waiting time of 3 days" in page.text
    started = browser.post(lost, data={"csrf_token": csrf(page.text)}, base_url=ISSUER)
    assert started.location == f"{lost}/code"
    done = confirm_by_mail(idp, browser, started.location)
    assert done.location == lost
    assert "They will be removed on" in follow(browser, done).text
    idp.clock.now += 3 * 86400 - 1
    assert "/with/totp" in begin(idp, idp.browser(), client).location
    idp.clock.now += 1
    answer(begin(idp, idp.browser(), client))


def test_using_a_method_stops_the_waiting_time(idp: ProviderUnderTest, app: TotpOf) -> None:
    browser, client = idp.browser(), idp.register()
    step = begin(idp, browser, client)
    lost = step.location.replace("/with/totp", "/lost")
    confirm_by_mail(idp, browser, f"{lost}/code")
    answer(prove(browser, step, app.code()))
    idp.clock.now += 4 * 86400
    assert "/with/totp" in begin(idp, idp.browser(), client).location


def test_a_new_password_by_mail_is_no_way_around_the_second_step(idp: ProviderUnderTest, app: TotpOf) -> None:
    new, owner = "seven green lanterns drift", app_owner(idp)
    with idp.core.database.write() as tx:
        _, proof = idp.core.accounts.confirmations.request(tx, Purpose.RESET_PASSWORD, "", account_id=owner)
    assert proof
    assert idp.core.accounts.recovery.reset_by_link(proof.token, new, HERE) is None
    browser, client = idp.browser(), idp.register()
    step = idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location, password=new)
    assert "/with/totp" in step.location
    assert browser.get_cookie("sso_0") is None
    answer(prove(browser, step, app.code()))


def test_an_administrator_without_a_method_is_led_to_set_one_up(idp: ProviderUnderTest) -> None:
    browser, client = idp.browser(), idp.register()
    response = idp.authorize(browser, client, Pkce())
    step = idp.sign_in(browser, response.location, "admin")
    assert step.location.startswith("/account/security/add?next=/sign-in/")
    page = follow(browser, step)
    assert "needs more than a password" in page.text


def test_setting_one_up_leads_back_to_the_service(idp: ProviderUnderTest) -> None:
    browser, client = idp.browser(), idp.register()
    step = begin(idp, browser, client, acr_values="aal2")
    assert step.location.startswith("/account/security/add")
    prove_address(idp)
    add = step.location.replace("/add", "/totp/add")
    page = browser.get(add, base_url=ISSUER)
    secret = page.text.split('id="secret" dir="ltr">')[1].split("<")[0].replace(" ", "")
    setup = page.text.split('name="setup"')[1].split('value="')[1].split('"')[0]
    form = {"csrf_token": csrf(page.text), "setup": setup, "code": pyotp.TOTP(secret).at(idp.clock()), "name": "Phone"}
    wrong = browser.post(add, data={**form, "code": "123"}, base_url=ISSUER)
    assert wrong.status_code == 422
    assert secret[:4] in wrong.text, "what the app has scanned stays good"
    done = browser.post(add, data=form, base_url=ISSUER)
    back = follow(browser, done)
    assert "code=" in back.location
    assert idp.core.strong.standings.of(app_owner(idp)).methods == ("totp",)


def app_owner(idp: ProviderUnderTest) -> str:
    row = idp.core.database.read().one("SELECT account_id FROM factor")
    assert row
    return row["account_id"]


def test_a_lock_down_takes_back_what_a_thief_enrolled(idp: ProviderUnderTest, app: TotpOf) -> None:
    idp.clock.now += 60
    began = idp.clock()
    add_totp(idp, "alice")
    owner = app_owner(idp)
    with idp.core.database.write() as tx:
        idp.core.accounts.lockdown.lock(tx, owner, HERE, since=began)
    rows = idp.core.database.read().all("SELECT id FROM factor WHERE account_id = :id", id=owner)
    assert len(rows) == 1
    page = begin(idp, idp.browser(), idp.register())
    assert page.status_code == 403
    assert "locked" in page.text
