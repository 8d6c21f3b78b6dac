"""Ways around the second step, each tried: none leads to a session, a code, or a way in that is somebody else's."""

from typing import Any

import pytest
from werkzeug.test import Client

from idp.accounts import strength
from idp.accounts.strength import Proof
from tests.support.half_way import ENROLMENT, begin, get, live_sessions, post, sid_of, signed_in
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import TotpOf, account_id, add_totp, prove_address

ACCOUNT = ("", "/profile", "/email", "/password", "/sessions", "/services", "/recovery-email", "/security")


@pytest.fixture
def app(idp: ProviderUnderTest) -> TotpOf:
    return add_totp(idp, "alice")


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


class TestWithThePasswordAlone:
    @pytest.mark.parametrize("path", [*(f"/account{path}" for path in ACCOUNT), *ENROLMENT, "/account/security/add"])
    @pytest.mark.usefixtures("app")
    def test_no_page_of_the_account_opens(self, idp: ProviderUnderTest, client: RegisteredClient, path: str) -> None:
        browser = idp.browser()
        begin(idp, browser, client)
        for answered in (get(browser, path), post(browser, path)):
            if answered.status_code != 405:
                assert answered.status_code in {302, 303}
                assert answered.location.startswith("/sign-in/")
        assert not signed_in(browser)

    @pytest.mark.parametrize("way", ["", "?other=1", "/proceed", "/offer", "/with/totp", "/with/password", "/lost"])
    @pytest.mark.usefixtures("app")
    def test_no_step_leads_past(self, idp: ProviderUnderTest, client: RegisteredClient, way: str) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        for answered in (get(browser, address + way), post(browser, address + way)):
            assert answered.status_code in {200, 302, 303, 422}
            assert "code=" not in answered.headers.get("Location", "")
        assert not signed_in(browser)
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.usefixtures("app")
    def test_neither_consent_nor_the_choice_of_an_account(self, idp: ProviderUnderTest) -> None:
        browser, client = idp.browser(), idp.register(first_party=False)
        interaction = begin(idp, browser, client).rpartition("/")[2]
        allowed = post(browser, f"/consent/{interaction}", decision="allow")
        assert "/with/totp" in allowed.location
        for account in ("", account_id(idp, "alice"), "made-up"):
            chosen = post(browser, f"/choose-account/{interaction}", account=account)
            assert chosen.location.startswith("/sign-in/")
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.usefixtures("app")
    def test_nor_a_method_that_was_not_asked_for(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        for method in ("webauthn", "push", "recovery_codes", "certificate", "%00", "../proceed"):
            answered = post(browser, f"{address}/with/{method}", code="000000")
            assert "code=" not in answered.headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0


class TestOtherPeople:
    def test_another_browser_has_nothing_of_it(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        address = begin(idp, idp.browser(), client)
        other = idp.browser()
        begin(idp, other, client, "bob")
        for way in ("", "/proceed", "/with/totp", "/lost", "/offer", "/passkey"):
            assert get(other, address + way).status_code == 400
            assert post(other, address + way, code=app.code()).status_code == 400
        assert post(other, f"{address}/cancel").status_code == 400

    def test_two_people_prove_nothing_together(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """Bob's password and his own app, but alice's name."""
        apps = {name: add_totp(idp, name) for name in ("alice", "bob")}
        browser = idp.browser()
        address = begin(idp, browser, client)
        # Alice's password, then bob's in the same sign-in: only his counts, and only his app.
        page = get(browser, f"{address}?other=1")
        fields = {"csrf_token": csrf(page.text), "username": "bob", "password": "demo-PASSWORD-1"}
        browser.post(f"{address}?other=1", data=fields, base_url=ISSUER)
        assert post(browser, f"{address}/with/totp", code=apps["alice"].code()).status_code == 422
        answer(post(browser, f"{address}/with/totp", code=apps["bob"].code()))
        assert (live_sessions(idp, "alice"), live_sessions(idp, "bob")) == (0, 1)

    def test_nor_at_the_same_time(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """Bob's password arrives while alice's code is being verified."""
        app, browser = add_totp(idp, "alice"), idp.browser()
        add_totp(idp, "bob")
        address = begin(idp, browser, client)
        totp = idp.core.strong.totp
        right = totp.verify

        def meanwhile(*asked: Any) -> Any:
            totp.verify = right  # type: ignore[method-assign]
            idp.sign_in(browser, f"{address}?other=1", "bob")
            return right(*asked)

        totp.verify = meanwhile  # type: ignore[method-assign]
        post(browser, f"{address}/with/totp", code=app.code())
        assert live_sessions(idp, "bob") == 0
        rows = idp.core.database.read().all("SELECT account_id, proofs FROM sso_session")
        assert {row["account_id"] for row in rows} <= {account_id(idp, "alice")}

    def test_trust_of_another_account_is_worth_nothing(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        app, browser = add_totp(idp, "bob"), idp.browser()
        add_totp(idp, "alice")
        address = begin(idp, browser, client, "bob")
        answer(post(browser, f"{address}/with/totp", code=app.code(), trust="y"))
        trust = browser.get_cookie("idp_trusted")
        assert trust
        thief = idp.browser()
        thief.set_cookie("idp_trusted", trust.value)
        begin(idp, thief, client)
        assert not signed_in(thief)

    def test_what_others_enrolled_is_not_there(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        add_totp(idp, "bob")
        (factor,) = idp.core.strong.factors.listing(account_id(idp, "bob"))
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        path = f"/account/security/methods/{factor.id}"
        assert get(browser, path).status_code == 404
        assert post(browser, path, name="Mine now").status_code == 404
        assert post(browser, f"{path}/remove").status_code == 303
        (after,) = idp.core.strong.factors.listing(account_id(idp, "bob"))
        assert after == factor

    def test_a_set_up_of_another_account(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """What a form carries is bound to the account that it was shown to."""
        alice, totp = account_id(idp, "alice"), idp.core.strong.totp
        browser = idp.browser()
        begin(idp, browser, client, "bob")
        prove_address(idp, "bob")
        setup = totp.begin(alice, "alice", sid_of(idp))
        code = TotpOf(idp, setup.secret, 0).code()
        assert post(browser, ENROLMENT[0], setup=setup.token, code=code, name="x").status_code == 422
        _codes, token = idp.core.strong.recovery_codes.begin(alice, sid_of(idp))
        post(browser, ENROLMENT[1], choice="keep", setup=token)
        for name in ("alice", "bob"):
            assert idp.core.strong.factors.listing(account_id(idp, name)) == []


class TestForms:
    @pytest.mark.parametrize("way", ["", "/proceed", "/offer", "/cancel", "/lost", "/passkey", "/with/totp"])
    def test_no_step_without_its_token(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf, way: str
    ) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        sent = browser.post(address + way, data={"code": app.code()}, base_url=ISSUER)
        assert sent.status_code in {400, 403, 405}, (way, sent.status_code)

    @pytest.mark.parametrize("path", ["/account/security", *ENROLMENT])
    def test_no_change_without_its_token(self, idp: ProviderUnderTest, client: RegisteredClient, path: str) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        assert browser.post(path, data={}, base_url=ISSUER).status_code in {400, 403}

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example"]
    )
    def test_nobody_is_led_elsewhere(self, idp: ProviderUnderTest, client: RegisteredClient, target: str) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        prove_address(idp)
        totp = idp.core.strong.totp
        setup = totp.begin(account_id(idp, "alice"), "alice", sid_of(idp))
        fields = {"csrf_token": csrf(get(browser, "/forgot-password").text), "setup": setup.token, "name": "x"}
        fields["code"] = TotpOf(idp, setup.secret, 0).code()
        done = browser.post(ENROLMENT[0], query_string={"next": target}, data=fields, base_url=ISSUER)
        assert done.location == "/account/security?changed=y"
        page = browser.get("/account/security/add", query_string={"next": target}, base_url=ISSUER)
        assert "evil" not in page.text.partition("<main")[2]

    def test_enrolling_needs_a_recent_sign_in(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        idp.clock.now += 601
        for path in ENROLMENT:
            assert get(browser, path).location.startswith("/sign-in/")
            assert post(browser, path, code="123456", choice="keep").location.startswith("/sign-in/")

    def test_and_by_two_factors_where_there_are_two(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        add_totp(idp, "alice")
        (factor,) = idp.core.strong.factors.listing(account_id(idp, "alice"))
        for path in (*ENROLMENT, f"/account/security/methods/{factor.id}/remove"):
            assert "/with/totp" in get(browser, path).location
            assert "/with/totp" in post(browser, path).location
        assert len(idp.core.strong.factors.listing(account_id(idp, "alice"))) == 1


def test_a_stolen_cookie_is_dead_after_a_step_up(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    browser, thief = idp.browser(), idp.browser()
    idp.code(client, Pkce(), browser)
    stolen = browser.get_cookie("sso_0")
    assert stolen
    thief.set_cookie("sso_0", stolen.value)
    assert get(thief, "/account").status_code == 200
    app = add_totp(idp, "alice")
    step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
    answer(post(browser, step.location, code=app.code()))
    assert get(thief, "/account").status_code in {302, 303}
    assert get(browser, "/account").status_code == 200


def test_a_level_is_what_was_proven_and_no_more() -> None:
    """Two proofs of the same kind are one factor."""
    code, key = Proof("totp", 1, ("otp",), ("possession",)), Proof("webauthn", 1, ("hwk",), ("possession",))
    assert strength.level([code, key]) == "aal1"
    assert strength.level([strength.password(1), strength.password(2)]) == "aal1"


def test_whoever_changes_how_they_sign_in_is_offered_to_end_other_sessions(idp: ProviderUnderTest) -> None:
    """ASVS 5.0 7.4.3."""
    here, other = idp.browser(), idp.browser()
    for browser in (here, other):
        idp.code(idp.register(), Pkce(), browser)
    prove_address(idp)
    setup = idp.core.strong.totp.begin(account_id(idp, "alice"), "alice", newest_sid(here))
    code = TotpOf(idp, setup.secret, 0).code()
    done = post(here, "/account/security/totp/add", setup=setup.token, code=code, name="x")
    assert "one other browser" in get(here, done.location).text
    post(here, "/account/sessions", sid="others")
    assert live_sessions(idp, "alice") == 1
    assert get(here, "/account/security").status_code == 200


def newest_sid(browser: Client) -> str:
    """Return the session of this browser, by its cookie."""
    cookie = browser.get_cookie("sso_0", domain="localhost")
    assert cookie
    return cookie.value.partition(".")[0]
