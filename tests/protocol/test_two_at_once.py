"""The same proof twice, at the same moment: one counts, or both lead to the same, and nothing breaks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from werkzeug.test import Client, TestResponse

from tests.support.half_way import begin, get, live_sessions
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, answer, csrf
from tests.support.strong import HERE, account_id, add_recovery_codes, add_totp


def copy_of(idp: ProviderUnderTest, browser: Client) -> Client:
    """Return another tab: the same cookies, as they are now."""
    tab = idp.browser()
    for cookie in browser._cookies.values():
        tab.set_cookie(cookie.key, cookie.value)
    return tab


def together(idp: ProviderUnderTest, browser: Client, path: str, times: int, **fields: str) -> list[TestResponse]:
    """Post the same form from so many tabs at once."""
    token, gate = csrf(get(browser, path).text), Barrier(times)
    tabs = [copy_of(idp, browser) for _ in range(times)]

    def send(tab: Client) -> TestResponse:
        gate.wait()
        return tab.post(path, data={"csrf_token": token, **fields}, base_url=ISSUER)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(send, tabs))


def follow(browser: Client, location: str) -> TestResponse:
    """Follow redirects within the provider, until there is a page, or the way leads out."""
    response = get(browser, location)
    while response.status_code == 303 and response.location.startswith("/"):
        response = get(browser, response.location)
    return response


def test_one_code_signs_in_once(idp: ProviderUnderTest) -> None:
    app, client = add_totp(idp, "alice"), idp.register()
    tabs = [idp.browser() for _ in range(6)]
    addresses = [begin(idp, tab, client) for tab in tabs]
    tokens = [csrf(get(tab, f"{address}/with/totp").text) for tab, address in zip(tabs, addresses, strict=True)]
    code, gate = app.code(), Barrier(6)

    def send(number: int) -> TestResponse:
        gate.wait()
        fields = {"csrf_token": tokens[number], "code": code}
        return tabs[number].post(f"{addresses[number]}/with/totp", data=fields, base_url=ISSUER)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert all(one.status_code < 500 for one in answers)
    assert sum("code=" in one.headers.get("Location", "") for one in answers) == 1
    assert live_sessions(idp, "alice") == 1


def test_a_step_that_is_sent_twice(idp: ProviderUnderTest) -> None:
    """One of them is let in; the others are told, or led on, never into a second account or an error."""
    add_totp(idp, "alice")
    codes, browser = add_recovery_codes(idp, "alice"), idp.browser()
    address = begin(idp, browser, idp.register())
    answers = together(idp, browser, f"{address}/with/recovery_codes", 5, code=codes[0])
    assert all(one.status_code in {200, 303, 409, 422, 429} for one in answers), [one.status_code for one in answers]
    left = idp.core.strong.recovery_codes.left(account_id(idp, "alice"))
    assert left == len(codes) - 1


def test_a_step_up_that_is_sent_twice(idp: ProviderUnderTest) -> None:
    browser, client = idp.browser(), idp.register()
    idp.code(client, Pkce(), browser)
    app = add_totp(idp, "alice")
    step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
    answers = together(idp, browser, step.location, 5, code=app.code())
    assert all(one.status_code < 500 for one in answers), [one.status_code for one in answers]
    assert sum("code=" in one.headers.get("Location", "") for one in answers) == 1
    assert live_sessions(idp, "alice") == 1


def test_a_password_that_is_sent_twice(idp: ProviderUnderTest) -> None:
    browser, client = idp.browser(), idp.register()
    address = idp.authorize(browser, client, Pkce()).location
    answers = together(idp, browser, address, 3, username="alice", password="demo-PASSWORD-1")
    (first,) = (one for one in answers if "code=" in one.location)
    assert live_sessions(idp, "alice") == 1
    for name, value in (header.split(";")[0].split("=", 1) for header in first.headers.getlist("Set-Cookie")):
        browser.set_cookie(name, value)
    for one in answers:
        if one is not first:
            # A browser has one jar of cookies: a double click is led on, and answered by the session that the other click began.
            assert "code" in answer(follow(browser, one.location))


def test_a_password_that_is_sent_twice_begins_one_session_for_whoever_has_no_part_in_it(idp: ProviderUnderTest) -> None:
    browser, client = idp.browser(), idp.register()
    address = idp.authorize(browser, client, Pkce()).location
    answers = together(idp, browser, address, 6, username="alice", password="demo-PASSWORD-1")
    assert sum("code=" in one.location for one in answers) == 1
    others = [follow(browser, one.location) for one in answers if "code=" not in one.location]
    assert all(one.status_code == 200 and "Sign in" in one.text for one in others)
    assert live_sessions(idp, "alice") == 1


def test_a_recovery_code_that_is_sent_twelve_times_begins_one_session(idp: ProviderUnderTest) -> None:
    add_totp(idp, "alice")
    codes, browser = add_recovery_codes(idp, "alice"), idp.browser()
    address = begin(idp, browser, idp.register())
    answers = together(idp, browser, f"{address}/with/recovery_codes", 12, code=codes[0])
    assert sum("code=" in one.headers.get("Location", "") for one in answers) == 1
    assert live_sessions(idp, "alice") == 1


def test_an_alarm_that_is_pressed_twice(idp: ProviderUnderTest) -> None:
    browser, core = idp.browser(), idp.core
    with core.database.write() as tx:
        secret = core.accounts.common.notices.alarms.add(tx, account_id(idp, "alice"), "new_device")
    answers = together(idp, browser, f"/wasnt-me/{secret}", 4)
    assert all(one.status_code < 500 for one in answers)
    locked = core.database.read().all("SELECT 1 FROM audit_event WHERE event = 'account.locked'")
    assert len(locked) == 1


def test_a_reset_that_is_due_is_carried_out_once(idp: ProviderUnderTest) -> None:
    add_totp(idp, "alice")
    owner, reset = account_id(idp, "alice"), idp.core.strong.reset
    idp.clock.now = reset.ask(owner, HERE) + 1
    browser = idp.browser()
    address = idp.authorize(browser, idp.register(), Pkce()).location
    answers = together(idp, browser, address, 4, username="alice", password="demo-PASSWORD-1")
    assert all(one.status_code < 500 for one in answers)
    done = idp.core.database.read().all("SELECT 1 FROM audit_event WHERE event = 'factor_reset.done'")
    assert len(done) == 1
