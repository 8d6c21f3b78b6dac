"""Ways around the second step, each tried: none leads to a session, a code, or a way in that is somebody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from idp.accounts import strength
from idp.accounts.strength import Proof
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import HERE, TotpOf, account_id, add_recovery_codes, add_totp

ENROLMENT = (
    "/account/security/totp/add",
    "/account/security/recovery-codes",
    "/account/security/passkeys/add",
    "/account/security/push/add",
)
ACCOUNT = ("", "/profile", "/email", "/password", "/sessions", "/services", "/recovery-email", "/security")


@pytest.fixture
def app(idp: ProviderUnderTest) -> TotpOf:
    return add_totp(idp, "alice")


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


def get(browser: Client, path: str) -> TestResponse:
    return browser.get(path, base_url=ISSUER)


def post(browser: Client, path: str, **fields: str) -> TestResponse:
    """Send a form with a token of this browser, whatever page it comes from."""
    token = csrf(get(browser, "/forgot-password").text)
    return browser.post(path, data={"csrf_token": token, **fields}, base_url=ISSUER)


def begin(
    idp: ProviderUnderTest, browser: Client, client: RegisteredClient, username: str = "alice", **more: Any
) -> str:
    """Prove the password only; return the interaction's address."""
    step = idp.authorize(browser, client, Pkce(), **more)
    address = step.location.partition("?")[0]
    idp.sign_in(browser, address, username)
    return address


def signed_in(browser: Client) -> bool:
    return any(cookie.key.startswith("sso_") and cookie.key != "sso_active" for cookie in browser._cookies.values())


def live_sessions(idp: ProviderUnderTest, username: str) -> int:
    return len(idp.core.accounts.sessions.listing(account_id(idp, username)))


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
        for account in ("", account_id(idp, "alice"), "\0"):
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
        setup = totp.begin(alice, "alice")
        code = TotpOf(idp, setup.secret, 0).code()
        assert post(browser, ENROLMENT[0], setup=setup.token, code=code, name="x").status_code == 422
        _codes, token = idp.core.strong.recovery_codes.begin(alice)
        post(browser, ENROLMENT[1], choice="keep", setup=token)
        for name in ("alice", "bob"):
            assert idp.core.strong.factors.listing(account_id(idp, name)) == []


class TestWhatHasEnded:
    """A sign-in that is over, or half done, is worth nothing once its session or its password has gone."""

    def test_a_sign_in_that_is_over_begins_no_other_session(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        answer(post(browser, f"{address}/with/totp", code=app.code()))
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "ended_by_person")
        for way in ("", "/proceed", "/with/totp", "/offer"):
            answered = post(browser, address + way)
            assert "code=" not in answered.headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    def test_nor_one_with_the_password_alone(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        assert live_sessions(idp, "alice") == 1
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "password_reset")
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.usefixtures("app")
    def test_a_former_password_proves_nothing_more(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """Its owner locked the account, which took the thief's app back, and has another password now."""
        browser, owner = idp.browser(), account_id(idp, "alice")
        address = begin(idp, browser, client)
        with idp.core.database.write() as tx:
            idp.core.accounts.lockdown.lock(tx, owner, HERE, since=0)
        assert idp.core.strong.factors.listing(owner) == []
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        idp.clock.now += 60
        with idp.core.database.write() as tx:
            tx.run("UPDATE account SET status = 'active', password_changed_at = :now", now=idp.clock())
        assert "code=" not in post(browser, f"{address}/proceed").headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    @pytest.mark.parametrize("status", ["locked", "disabled"])
    def test_an_account_that_was_closed_between_the_steps(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf, status: str
    ) -> None:
        browser = idp.browser()
        address = begin(idp, browser, client)
        with idp.core.database.write() as tx:
            tx.run("UPDATE account SET status = :status", status=status)
        answered = post(browser, f"{address}/with/totp", code=app.code())
        assert answered.status_code == 403
        assert not signed_in(browser)

    def test_a_session_that_ends_during_a_step_up(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        app = add_totp(idp, "alice")
        step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
        self.while_verifying(idp, lambda: self.end_all(idp))
        answered = post(browser, step.location, code=app.code())
        assert answered.status_code < 500
        assert "code=" not in answered.headers.get("Location", "")
        assert live_sessions(idp, "alice") == 0

    def test_a_session_that_ends_while_a_method_is_set_up(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        totp = idp.core.strong.totp
        setup, right = totp.begin(account_id(idp, "alice"), "alice"), totp.confirm

        def confirm(*asked: Any) -> Any:
            self.end_all(idp)
            return right(*asked)

        totp.confirm = confirm  # type: ignore[method-assign]
        code = TotpOf(idp, setup.secret, 0).code()
        answered = post(browser, ENROLMENT[0], setup=setup.token, code=code, name="x")
        assert answered.status_code < 500
        assert live_sessions(idp, "alice") == 0

    def test_a_method_that_is_removed_during_the_step(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        add_recovery_codes(idp, "alice")
        browser, owner = idp.browser(), account_id(idp, "alice")
        address = begin(idp, browser, client)
        page = get(browser, f"{address}/with/totp")
        codes = next(one for one in idp.core.strong.factors.listing(owner) if one.method == "totp")
        idp.core.strong.factors.remove(owner, codes.id, HERE)
        fields = {"csrf_token": csrf(page.text), "code": app.code()}
        answered = browser.post(f"{address}/with/totp", data=fields, base_url=ISSUER)
        # Without a method the password is enough, as it is for everybody.
        assert answered.status_code == 303

    def end_all(self, idp: ProviderUnderTest) -> None:
        with idp.core.database.write() as tx:
            idp.core.accounts.sessions.end_all(tx, account_id(idp, "alice"), "ended_by_person")

    def while_verifying(self, idp: ProviderUnderTest, do: Callable[[], None]) -> None:
        totp = idp.core.strong.totp
        right = totp.verify

        def verify(*asked: Any) -> Any:
            do()
            return right(*asked)

        totp.verify = verify  # type: ignore[method-assign]


class TestTheWaitingTime:
    def test_a_session_without_the_password_cannot_begin_it(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        browser = idp.browser()
        idp.code(client, Pkce(), browser)
        add_totp(idp, "alice")
        step = idp.authorize(browser, client, Pkce(), acr_values="aal2")
        lost = step.location.replace("/with/totp", "/lost")
        post(browser, lost)
        assert idp.core.strong.reset.due_at(account_id(idp, "alice")) is None

    def test_due_while_signed_in(self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf) -> None:
        """Nothing happens by itself: only a sign-in with the password carries it out, and one of its owner's stops it."""
        owner, thief, mine = account_id(idp, "alice"), idp.browser(), idp.browser()
        address = begin(idp, mine, client)
        answer(post(mine, f"{address}/with/totp", code=app.code()))
        lost = begin(idp, thief, client) + "/lost"
        post(thief, lost)
        post(thief, lost)
        due = idp.core.strong.reset.due_at(owner)
        assert due == idp.clock() + idp.core.settings.strong.reset_waiting
        post(mine, "/account/security", cancel_reset="y")
        assert idp.core.strong.reset.due_at(owner) is None
        idp.clock.now = due + 1
        begin(idp, thief, client)
        assert not signed_in(thief)
        assert len(idp.core.strong.factors.listing(owner)) == 1


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
        totp = idp.core.strong.totp
        setup = totp.begin(account_id(idp, "alice"), "alice")
        fields = {"csrf_token": csrf(get(browser, "/forgot-password").text), "setup": setup.token, "name": "x"}
        fields["code"] = TotpOf(idp, setup.secret, 0).code()
        done = browser.post(ENROLMENT[0], query_string={"next": target}, data=fields, base_url=ISSUER)
        assert done.location == "/account/security"
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
