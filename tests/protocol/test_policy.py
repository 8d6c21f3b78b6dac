"""Who needs how much: a role's demand, a service's, and the person's own; whichever is the most is what is asked."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.support.clock import TurnedClock
from tests.support.provider import (
    ISSUER,
    PASSWORD,
    Pkce,
    ProviderUnderTest,
    RegisteredClient,
    answer,
    csrf,
    make_provider,
)
from tests.support.strong import TotpOf, account_id, add_recovery_codes, add_totp

ENROL = "/account/security/add"


def post(browser: Client, path: str, **fields: str) -> TestResponse:
    page = browser.get(path, base_url=ISSUER)
    return browser.post(path, data={"csrf_token": csrf(page.text), **fields}, base_url=ISSUER)


def claims_of(idp: ProviderUnderTest, client: RegisteredClient, pkce: Pkce, response: TestResponse) -> dict[str, Any]:
    tokens = idp.redeem(client, answer(response)["code"], pkce).get_json()
    return idp.core.signer.verify(tokens["id_token"], typ="JWT")


def sign_in(idp: ProviderUnderTest, browser: Client, username: str, app: TotpOf | None = None, **more: str) -> None:
    """Sign somebody in, to a service that demands nothing."""
    client, pkce = idp.register(), Pkce()
    step = idp.authorize(browser, client, pkce, prompt="login")
    done = post(browser, step.location.partition("?")[0] + "?other=1", username=username, password=PASSWORD)
    if app:
        done = post(browser, done.location, code=app.code(), **more)
    answer(done)


def give_role(idp: ProviderUnderTest, username: str, role: str) -> None:
    with idp.core.database.write() as tx:
        tx.run("UPDATE account SET roles = :role WHERE username = :name", role=role, name=username)


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


class TestRoles:
    """`strong.roles`: administrators, by default."""

    def test_a_request_cannot_ask_for_less(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        add_totp(idp, "admin")
        for asked in ({}, {"acr_values": "aal1"}, {"claims": '{"id_token":{"acr":{"essential":true,"value":"aal1"}}}'}):
            browser = idp.browser()
            step = idp.authorize(browser, client, Pkce(), **asked)
            assert "/with/totp" in idp.sign_in(browser, step.location, "admin").location

    def test_a_session_from_before_the_role_is_asked_for_more(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        bob, pkce = idp.browser(), Pkce()
        sign_in(idp, bob, "bob")
        assert claims_of(idp, client, pkce, idp.authorize(bob, client, pkce))["acr"] == "aal1"
        give_role(idp, "bob", "finance_officer administrator")
        assert idp.authorize(bob, client, Pkce()).location.startswith(ENROL)
        assert answer(idp.authorize(bob, client, Pkce(), prompt="none"))["error"] == "interaction_required"
        app, again = add_totp(idp, "bob"), Pkce()
        assert answer(idp.authorize(bob, client, Pkce(), prompt="none"))["error"] == "login_required"
        step = idp.authorize(bob, client, again)
        assert claims_of(idp, client, again, post(bob, step.location, code=app.code()))["acr"] == "aal2"

    def test_trust_in_a_browser_does_not_count(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        bob, app = idp.browser(), add_totp(idp, "bob")
        sign_in(idp, bob, "bob", app, trust="y")
        give_role(idp, "bob", "administrator")
        bob.delete_cookie("sso_0")
        step = idp.authorize(bob, client, Pkce())
        assert "/with/totp" in idp.sign_in(bob, step.location, "bob").location

    def test_another_role_demands_nothing(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser = idp.browser()
        step = idp.authorize(browser, client, Pkce())
        answer(idp.sign_in(browser, step.location, "finn"))

    def test_methods_that_do_not_count_for_the_service_do_not_for_the_role_either(self, idp: ProviderUnderTest) -> None:
        app, browser = add_totp(idp, "admin"), idp.browser()
        strict = idp.register(allowed_methods=("webauthn",))
        step = idp.sign_in(browser, idp.authorize(browser, strict, Pkce()).location, "admin")
        assert "/with/totp" in step.location, "to come in, any of one's own methods will do"
        enrol = post(browser, step.location, code=app.code())
        assert enrol.location.startswith(ENROL)
        assert "methods=webauthn" in enrol.location
        page = browser.get(enrol.location, base_url=ISSUER)
        assert "/passkeys/add" in page.text
        assert "/totp/add" not in page.text.partition("<main")[2]


def test_everybody_needs_two_factors_where_the_settings_say_so(
    tmp_path: Path, clock: TurnedClock, key_folder: Path
) -> None:
    shutil.copytree(key_folder, tmp_path / "keys")
    idp = ProviderUnderTest(make_provider(tmp_path, clock, IDP_STRONG__REQUIRED="true"), clock)
    client, browser, pkce = idp.register(), idp.browser(), Pkce()
    assert idp.sign_in(browser, idp.authorize(browser, client, pkce).location, "bob").location.startswith(ENROL)

    app = add_totp(idp, "bob")
    step = idp.authorize(browser, client, pkce)
    assert claims_of(idp, client, pkce, post(browser, step.location, code=app.code()))["acr"] == "aal2"
    idp.core.database.close()


class TestTrust:
    def test_a_service_s_demand_is_never_met_by_it(self, idp: ProviderUnderTest) -> None:
        browser, app = idp.browser(), add_totp(idp, "alice")
        sign_in(idp, browser, "alice", app, trust="y")
        browser.delete_cookie("sso_0")
        strict = idp.register(default_acr_values=("aal2",))
        step = idp.authorize(browser, strict, Pkce())
        assert "/with/totp" in idp.sign_in(browser, step.location).location
        # What it did open is a session of one factor, and says so.
        browser.delete_cookie("sso_0")
        sign_in(idp, browser, "alice")
        plain, pkce = idp.register(), Pkce()
        claims = claims_of(idp, plain, pkce, idp.authorize(browser, plain, pkce))
        assert (claims["acr"], claims["amr"]) == ("aal1", ["pwd"])
        assert answer(idp.authorize(browser, strict, Pkce(), prompt="none"))["error"] == "login_required"
        essential = json.dumps({"id_token": {"acr": {"essential": True, "values": ["aal2"]}}})
        assert "/with/totp" in idp.authorize(browser, plain, Pkce(), claims=essential).location

    def test_a_recovery_code_trusts_no_browser(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """The page doesn't offer it, and a form that says so all the same is no better."""
        add_totp(idp, "alice")
        codes, browser = add_recovery_codes(idp, "alice"), idp.browser()
        step = idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location)
        answer(post(browser, step.location.replace("/totp", "/recovery_codes"), code=codes[0], trust="y"))
        assert browser.get_cookie("idp_trusted") is None

    @pytest.mark.parametrize("path", ["/account/security/totp/add", "/account/security/recovery-codes"])
    def test_nor_is_the_security_page_s(self, idp: ProviderUnderTest, path: str) -> None:
        browser, app = idp.browser(), add_totp(idp, "alice")
        sign_in(idp, browser, "alice", app, trust="y")
        browser.delete_cookie("sso_0")
        sign_in(idp, browser, "alice")
        assert "/with/totp" in browser.get(path, base_url=ISSUER).location


class TestPrompt:
    def test_login_asks_for_both_again(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        browser, app, pkce = idp.browser(), add_totp(idp, "alice"), Pkce()
        sign_in(idp, browser, "alice", app)
        before = idp.authorize(browser, client, first := Pkce())
        sid, cookie = claims_of(idp, client, first, before)["sid"], browser.get_cookie("sso_0")
        asked = idp.authorize(browser, client, pkce, prompt="login", acr_values="aal2")
        assert "/with/" not in asked.location
        second = post(browser, asked.location, password=PASSWORD)
        assert "/with/totp" in second.location
        claims = claims_of(idp, client, pkce, post(browser, second.location, code=app.code()))
        assert (claims["sid"], claims["acr"], claims["auth_time"]) == (sid, "aal2", idp.clock())
        assert cookie
        assert cookie.value != browser.get_cookie("sso_0").value  # type: ignore[union-attr]

    def test_login_without_a_level_says_what_was_proven_now(
        self, idp: ProviderUnderTest, client: RegisteredClient
    ) -> None:
        browser, app, pkce = idp.browser(), add_totp(idp, "alice"), Pkce()
        sign_in(idp, browser, "alice", app)
        asked = idp.authorize(browser, client, pkce, prompt="login")
        claims = claims_of(idp, client, pkce, post(browser, asked.location, password=PASSWORD))
        assert (claims["acr"], claims["amr"]) == ("aal1", ["pwd"])

    @pytest.mark.parametrize(
        ("asked", "error"),
        [
            ({}, ""),
            ({"acr_values": "aal2"}, ""),
            ({"acr_values": "aal3"}, "unmet_authentication_requirements"),
            ({"acr_values": "aal2", "max_age": "60"}, "login_required"),
            ({"max_age": "0"}, "login_required"),
        ],
    )
    def test_none(self, idp: ProviderUnderTest, client: RegisteredClient, asked: dict[str, str], error: str) -> None:
        browser = idp.browser()
        sign_in(idp, browser, "alice", add_totp(idp, "alice"))
        idp.clock.now += 100
        assert answer(idp.authorize(browser, client, Pkce(), prompt="none", **asked)).get("error", "") == error

    def test_none_for_a_client_that_takes_other_methods(self, idp: ProviderUnderTest) -> None:
        browser, strict = idp.browser(), idp.register(allowed_methods=("webauthn",), default_acr_values=("aal2",))
        sign_in(idp, browser, "alice", add_totp(idp, "alice"))
        assert answer(idp.authorize(browser, strict, Pkce(), prompt="none"))["error"] == "interaction_required"

    def test_two_accounts_of_different_strength(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        """The choice decides whose proofs count, and nobody's count for the other."""
        browser, app = idp.browser(), add_totp(idp, "alice")
        sign_in(idp, browser, "alice", app)
        sign_in(idp, browser, "bob")
        chooser = idp.authorize(browser, client, Pkce(), prompt="select_account", acr_values="aal2").location
        assert "/choose-account/" in chooser
        sids = {one.account_id: one.sid for one in self.sessions(idp)}
        weak = post(browser, chooser, account=sids[account_id(idp, "bob")])
        assert weak.location.startswith(ENROL)
        pkce = Pkce()
        chooser = idp.authorize(browser, client, pkce, prompt="select_account", acr_values="aal2").location
        claims = claims_of(idp, client, pkce, post(browser, chooser, account=sids[account_id(idp, "alice")]))
        assert (claims["sub"], claims["acr"]) == (account_id(idp, "alice"), "aal2")

    def sessions(self, idp: ProviderUnderTest) -> list[Any]:
        return [one for name in ("alice", "bob") for one in idp.core.accounts.sessions.listing(account_id(idp, name))]


class TestAllowedMethods:
    def test_a_backup_that_does_not_count_opens_the_account_and_no_more(self, idp: ProviderUnderTest) -> None:
        add_totp(idp, "alice")
        codes = add_recovery_codes(idp, "alice")
        strict = idp.register(allowed_methods=("totp",), default_acr_values=("aal2",))
        browser = idp.browser()
        step = idp.sign_in(browser, idp.authorize(browser, strict, Pkce()).location)
        other = step.location.replace("/with/totp", "/with/recovery_codes")
        asked = post(browser, other, code=codes[0])
        assert "/with/totp" in asked.location

    def test_a_refresh_says_what_was_then(self, idp: ProviderUnderTest) -> None:
        client = idp.register(default_acr_values=("aal2",), allowed_methods=("totp",))
        browser, app, pkce = idp.browser(), add_totp(idp, "alice"), Pkce()
        asked = idp.authorize(browser, client, pkce, scope="openid offline_access")
        step = idp.sign_in(browser, asked.location)
        code = answer(post(browser, step.location, code=app.code()))["code"]
        tokens, proven = idp.redeem(client, code, pkce).get_json(), idp.clock()
        idp.clock.now += 200
        # Later the person's methods change, and the browser proves less: neither changes what was.
        for factor in idp.core.strong.factors.listing(account_id(idp, "alice")):
            with idp.core.database.write() as tx:
                tx.run("DELETE FROM factor WHERE id = :id", id=factor.id)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        claims = idp.core.signer.verify(idp.token(client, **form).get_json()["id_token"], typ="JWT")
        assert (claims["acr"], claims["auth_time"]) == ("aal2", proven)


@pytest.mark.parametrize("path", ["/account/email", "/account/recovery-email", "/account/password"])
def test_changing_a_way_in_takes_two_factors_from_who_has_them(idp: ProviderUnderTest, path: str) -> None:
    browser, client = idp.browser(), idp.register()
    answer(idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location))
    assert browser.get(path, base_url=ISSUER).status_code == 200
    # set up elsewhere; this session knows the password only
    app = add_totp(idp, "alice")
    sent = browser.get(path, base_url=ISSUER)
    assert "/with/totp" in sent.location
    page = browser.get(sent.location, base_url=ISSUER)
    form = {"csrf_token": csrf(page.text), "code": app.code()}
    back = browser.post(sent.location, data=form, base_url=ISSUER)
    assert back.location == path
    assert browser.get(path, base_url=ISSUER).status_code == 200
