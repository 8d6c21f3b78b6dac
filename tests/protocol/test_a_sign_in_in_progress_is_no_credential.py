"""Whoever noted the cookie and the address of a sign-in, on a computer that others use, gets nothing of what comes after."""

from werkzeug.test import Client

from idp.factors.base import Attempt
from tests.support.half_way import begin, get, live_sessions, post, sid_of, signed_in
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import HERE, TotpOf, account_id, add_recovery_codes, add_totp, prove_address

WAYS = ("", "/proceed", "/cancel", "/with/totp", "/with/recovery_codes", "/passkey", "/offer", "/lost")


def copy_of(idp: ProviderUnderTest, browser: Client) -> Client:
    """Return another browser with the cookies that this one has now."""
    other = idp.browser()
    for cookie in browser._cookies.values():
        other.set_cookie(cookie.key, cookie.value)
    return other


def is_in(browser: Client) -> bool:
    return get(browser, "/account").status_code == 200


def gets_nothing(idp: ProviderUnderTest, thief: Client, address: str, token: str = "") -> None:
    for way in WAYS:
        kept = copy_of(idp, thief)
        answered = (
            kept.post(address + way, data={"csrf_token": token}, base_url=ISSUER)
            if token
            else post(kept, address + way)
        )
        assert "code=" not in answered.headers.get("Location", ""), way
        assert not is_in(kept), way
        assert "code=" not in get(kept, address + way).headers.get("Location", ""), way
        assert not is_in(kept), way
    pages = ("/consent/", "/choose-account/")
    for page in pages:
        kept = copy_of(idp, thief)
        answered = post(kept, page + address.rpartition("/")[2], decision="allow")
        assert "code=" not in answered.headers.get("Location", ""), page
        assert not is_in(kept), page


class TestACookieFromBefore:
    def test_opens_no_session_of_who_signed_in_after(self, idp: ProviderUnderTest) -> None:
        app, browser = add_totp(idp, "alice"), idp.browser()
        address = idp.authorize(browser, idp.register(), Pkce()).location
        token, thief = csrf(get(browser, address).text), copy_of(idp, browser)
        idp.sign_in(browser, address)
        assert "code" in answer(post(browser, f"{address}/with/totp", code=app.code()))
        gets_nothing(idp, thief, address, token)
        gets_nothing(idp, thief, address)
        assert live_sessions(idp, "alice") == 1

    def test_nor_after_they_signed_out(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = idp.authorize(browser, idp.register(), Pkce()).location
        token, thief = csrf(get(browser, address).text), copy_of(idp, browser)
        idp.sign_in(browser, address)
        before_sign_out = copy_of(idp, browser)
        post(browser, "/sign-out")
        for one in (thief, browser, before_sign_out):
            gets_nothing(idp, one, address, token)
            gets_nothing(idp, one, address)
        assert live_sessions(idp, "alice") == 0

    def test_takes_no_part_in_the_second_step(self, idp: ProviderUnderTest) -> None:
        """The password was typed, the code wasn't: the one who noted the cookie knows a code, or waits for a phone's yes."""
        app, browser = add_totp(idp, "alice"), idp.browser()
        codes = add_recovery_codes(idp, "alice")
        address = idp.authorize(browser, idp.register(), Pkce()).location
        thief = copy_of(idp, browser)
        idp.sign_in(browser, address)
        post(thief, f"{address}/with/recovery_codes", code=codes[0])
        assert not signed_in(thief)
        assert idp.core.strong.recovery_codes.left(account_id(idp, "alice")) == len(codes)
        assert "code" in answer(post(browser, f"{address}/with/totp", code=app.code()))

    def test_nor_in_a_sign_in_of_another_tab(self, idp: ProviderUnderTest) -> None:
        browser, client = idp.browser(), idp.register(first_party=False)
        waiting = idp.authorize(browser, client, Pkce()).location
        thief = copy_of(idp, browser)
        begin(idp, browser, idp.register())
        gets_nothing(idp, thief, waiting)
        # In the browser itself the other tab goes on, with the session that there is now.
        assert get(browser, f"{waiting}/proceed").location.startswith("/consent/")


class TestAFinishedSignIn:
    def test_answers_nobody_without_its_session(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = begin(idp, browser, idp.register())
        everything_but_the_session = copy_of(idp, browser)
        for slot in range(5):
            everything_but_the_session.delete_cookie(f"sso_{slot}")
        gets_nothing(idp, everything_but_the_session, address)

    def test_begins_no_second_session(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = begin(idp, browser, idp.register())
        for _ in range(3):
            assert post(browser, f"{address}/proceed").location.startswith("/authorize?")
        assert live_sessions(idp, "alice") == 1

    def test_keeps_no_proof(self, idp: ProviderUnderTest) -> None:
        begin(idp, idp.browser(), idp.register())
        row = idp.core.database.read().one("SELECT account_id, proofs, completed_at FROM interaction")
        assert row
        assert (row["account_id"], row["proofs"]) == ("", "[]")
        assert row["completed_at"] is not None

    def test_shows_the_way_on_to_who_comes_back_signed_in(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = begin(idp, browser, idp.register())
        page = get(browser, address)
        assert "signed in already" in page.text
        asked_anew = post(browser, f"{address}/proceed").location
        assert "code" in answer(get(browser, asked_anew))

    def test_begins_anew_for_who_comes_back_signed_out(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = begin(idp, browser, idp.register())
        post(browser, "/sign-out")
        # Signing out has given the browser another secret: it is no longer the one that began.
        assert get(browser, address).status_code == 400

    def test_a_cancelled_one_begins_anew(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        address = idp.authorize(browser, idp.register(), Pkce()).location
        assert answer(post(browser, f"{address}/cancel"))["error"] == "access_denied"
        again = get(browser, get(browser, address).location).location
        assert again.startswith("/sign-in/")
        assert again != address
        assert "code" in answer(idp.sign_in(browser, again))


class TestTheSecretOfTheBrowser:
    def secrets(self, browser: Client) -> tuple[str, str]:
        page = get(browser, "/forgot-password").text
        cookie = browser.get_cookie("idp_web", domain="localhost")
        assert cookie
        return cookie.value, csrf(page)

    def test_is_new_at_each_proof_and_at_each_end(self, idp: ProviderUnderTest) -> None:
        app, browser, client = add_totp(idp, "alice"), idp.browser(), idp.register()
        address = idp.authorize(browser, client, Pkce()).location
        seen = [self.secrets(browser)]
        idp.sign_in(browser, address)
        seen.append(self.secrets(browser))
        post(browser, f"{address}/with/totp", code=app.code())
        seen.append(self.secrets(browser))
        idp.clock.now += 3600
        again = idp.authorize(browser, client, Pkce(), max_age="60").location
        idp.sign_in(browser, again)
        seen.append(self.secrets(browser))
        post(browser, "/sign-out")
        seen.append(self.secrets(browser))
        assert len({cookie for cookie, _ in seen}) == len(seen)
        assert len({token for _, token in seen}) == len(seen)

    def test_a_former_csrf_token_is_refused(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        token = csrf(get(browser, "/forgot-password").text)
        begin(idp, browser, idp.register())
        refused = browser.post("/sign-out", data={"csrf_token": token}, base_url=ISSUER)
        assert refused.status_code == 400
        assert live_sessions(idp, "alice") == 1


def auth_time(idp: ProviderUnderTest, client: RegisteredClient, code: str, pkce: Pkce) -> int:
    tokens = idp.redeem(client, code, pkce).get_json()
    return idp.core.signer.verify(tokens["id_token"], typ="JWT")["auth_time"]


class TestAuthTime:
    """The time of the newest proof that counted, never of a later click."""

    def test_is_when_the_password_was_typed(self, idp: ProviderUnderTest) -> None:
        browser, client, pkce = idp.browser(), idp.register(first_party=False), Pkce()
        typed_at = idp.clock.now
        step = idp.sign_in(browser, idp.authorize(browser, client, pkce).location)
        idp.clock.now += 39
        code = answer(post(browser, step.location, decision="allow"))["code"]
        assert auth_time(idp, client, code, pkce) == typed_at

    def test_is_when_the_second_step_was_done(self, idp: ProviderUnderTest) -> None:
        app, browser, client, pkce = add_totp(idp, "alice"), idp.browser(), idp.register(), Pkce()
        address = begin(idp, browser, client)
        idp.clock.now += 90
        code_of_app = app.code()
        at = idp.clock.now
        post(browser, f"{address}/with/totp", code=code_of_app)
        idp.clock.now += 30
        code = answer(idp.authorize(browser, client, pkce))["code"]
        assert auth_time(idp, client, code, pkce) == at


class TestTheEndOfASession:
    def test_ends_a_code_that_was_not_redeemed(self, idp: ProviderUnderTest) -> None:
        browser, client, pkce = idp.browser(), idp.register(), Pkce()
        code = idp.code(client, pkce, browser, scope="openid offline_access")
        post(browser, "/sign-out")
        refused = idp.redeem(client, code, pkce)
        assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")

    def test_ends_a_step_up_that_it_began(self, idp: ProviderUnderTest) -> None:
        browser, client = idp.browser(), idp.register()
        idp.code(client, Pkce(), browser)
        app = add_totp(idp, "alice")
        step = idp.authorize(browser, client, Pkce(), acr_values="aal2").location.partition("/with/")[0]
        thief = copy_of(idp, browser)
        post(browser, "/sign-out")
        post(thief, f"{step}/with/totp", code=app.code())
        assert not [one for one in idp.core.accounts.sessions.listing(account_id(idp, "alice")) if one.acr == "aal2"]
        gets_nothing(idp, browser, step)

    def test_lock_down_ends_what_was_proven_half_way(self, idp: ProviderUnderTest) -> None:
        app, browser = add_totp(idp, "alice"), idp.browser()
        address = begin(idp, browser, idp.register())
        with idp.core.database.write() as tx:
            idp.core.accounts.lockdown.lock(tx, account_id(idp, "alice"), HERE)
            tx.run("UPDATE account SET status = 'active'")
        post(browser, f"{address}/with/totp", code=app.code())
        assert not signed_in(browser)

    def test_ends_what_was_being_set_up(self, idp: ProviderUnderTest) -> None:
        browser = idp.browser()
        idp.code(idp.register(), Pkce(), browser)
        prove_address(idp)
        get(browser, "/account/security/passkeys/add")
        post(browser, "/account/security/push/add", begin="1")
        tables = ("webauthn_challenge", "push_enrolment")
        before = [idp.core.database.read().one(f"SELECT count(*) AS n FROM {table}") for table in tables]
        post(browser, "/sign-out")
        after = [idp.core.database.read().one(f"SELECT count(*) AS n FROM {table}") for table in tables]
        assert [row["n"] > 0 for row in before if row] == [True, True]
        assert [row["n"] for row in after if row] == [0, 0]

    def test_ends_an_app_that_was_being_set_up(self, idp: ProviderUnderTest) -> None:
        """The page with its secret was seen; what it carries counts in its own session only."""
        first, second = idp.browser(), idp.browser()
        idp.code(idp.register(), Pkce(), first)
        setup = idp.core.strong.totp.begin(account_id(idp, "alice"), "alice", sid_of(idp))
        post(first, "/sign-out")
        idp.code(idp.register(), Pkce(), second)
        prove_address(idp)
        post(
            second, "/account/security/totp/add", setup=setup.token, code=TotpOf(idp, setup.secret, 0).code(), name="x"
        )
        assert idp.core.strong.factors.listing(account_id(idp, "alice")) == []


def test_an_approval_that_is_not_needed_any_more_is_asked_of_nobody(idp: ProviderUnderTest) -> None:
    app, owner = add_totp(idp, "alice"), account_id(idp, "alice")
    attempt = Attempt("another.1", owner, "Example", "192.0.2.1", "Mozilla/5.0", 1)
    asked = idp.core.strong.push.approvals.ask(attempt)
    assert asked.state == "waiting"
    browser = idp.browser()
    post(browser, f"{begin(idp, browser, idp.register())}/with/totp", code=app.code())
    current = idp.core.strong.push.approvals.current(attempt)
    assert current
    assert current.state == "expired"
