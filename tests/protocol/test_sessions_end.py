"""Ending sessions takes a recent proof; nobody's session goes on where nobody can end it; a level ends before a long session does."""

from typing import Any

import pytest
from werkzeug.test import Client

from idp.accounts.strength import HARDWARE, POSSESSION, VERIFIED, Proof, current, level, password
from tests.support.half_way import get, live_sessions, post, sid_of
from tests.support.provider import PASSWORD, Pkce, ProviderUnderTest, RegisteredClient, answer
from tests.support.strong import TotpOf, add_totp

SESSIONS = "/account/sessions"
HOURS_12 = 12 * 3600


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def app(idp: ProviderUnderTest) -> TotpOf:
    return add_totp(idp, "alice")


def sign_in(
    idp: ProviderUnderTest, client: RegisteredClient, browser: Client, app: TotpOf | None = None, **more: str
) -> None:
    step = idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location, **more)
    answer(post(browser, step.location, code=app.code()) if app else step)


def tokens(idp: ProviderUnderTest, client: RegisteredClient, browser: Client, **more: Any) -> dict[str, Any]:
    code = answer(idp.authorize(browser, client, pkce := Pkce(), **more))["code"]
    return idp.redeem(client, code, pkce).get_json()


class TestEnding:
    """ASVS 5.0 7.5.2."""

    @pytest.mark.parametrize("chosen", ["others", "all", "one"])
    def test_nobody_ends_sessions_at_a_browser_that_was_left_open(
        self, idp: ProviderUnderTest, client: RegisteredClient, chosen: str
    ) -> None:
        here, other = idp.browser(), idp.browser()
        sign_in(idp, client, other)
        wanted = sid_of(idp) if chosen == "one" else chosen
        idp.clock.now += 601
        sign_in(idp, client, here)
        idp.clock.now += 601
        asked = post(here, SESSIONS, sid=wanted)
        assert asked.location.startswith("/sign-in/")
        assert live_sessions(idp, "alice") == 2
        # What was chosen isn't lost.
        back = post(here, asked.location, password=PASSWORD).location
        assert back == f"{SESSIONS}?end={wanted}"
        assert f'name="sid" value="{wanted}"' in get(here, back).text.partition("</section>")[0]
        post(here, SESSIONS, sid=wanted)
        assert live_sessions(idp, "alice") == (0 if chosen == "all" else 1)

    def test_one_s_own_session_ends_at_once(self, idp: ProviderUnderTest, client: RegisteredClient) -> None:
        here = idp.browser()
        sign_in(idp, client, here)
        idp.clock.now += 601
        post(here, SESSIONS, sid=sid_of(idp))
        assert live_sessions(idp, "alice") == 0

    def test_who_has_two_factors_proves_both(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        here = idp.browser()
        sign_in(idp, client, here, app)
        idp.clock.now += 601
        asked = post(here, SESSIONS, sid="all")
        step = post(here, asked.location, password=PASSWORD)
        assert "/with/totp" in step.location

    @pytest.mark.parametrize("chosen", ["", "nonsense", "%00", "9" * 5000])
    def test_nonsense_is_shown_to_nobody(self, idp: ProviderUnderTest, client: RegisteredClient, chosen: str) -> None:
        here = idp.browser()
        sign_in(idp, client, here, username="bob")
        page = get(here, f"{SESSIONS}?end={chosen}")
        assert (page.status_code in {200, 400}, 'id="end"' in page.text) == (True, False)


def test_a_sixth_account_signs_out_the_one_whose_place_it_takes(
    idp: ProviderUnderTest, client: RegisteredClient
) -> None:
    browser = idp.browser()
    for number in range(6):
        name = f"person-{number}"
        idp.core.accounts.registration.create_confirmed(
            name=name, username=name, email=f"{name}@example.org", password=PASSWORD
        )
        address = idp.authorize(browser, client, Pkce(), prompt="login").location.partition("?")[0] + "?other=1"
        answer(post(browser, address, username=name, password=PASSWORD))
        idp.clock.now += 1
    assert [live_sessions(idp, f"person-{number}") for number in range(6)] == [0, 1, 1, 1, 1, 1]
    row = idp.core.database.read().one("SELECT ended_reason FROM sso_session WHERE ended_at IS NOT NULL")
    assert row
    assert row["ended_reason"] == "displaced"


class TestALevelEndsBeforeItsSession:
    """NIST SP 800-63B-4 sections 2.2.3 and 2.3.3, ASVS 5.0 7.1.1."""

    def test_stay_signed_in_keeps_one_factor(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        browser = idp.browser()
        sign_in(idp, client, browser, app, remember="y")
        idp.clock.now += HOURS_12
        claims = idp.core.signer.verify(tokens(idp, client, browser)["id_token"], typ="JWT")
        assert (claims["acr"], claims["amr"]) == ("aal1", ["pwd"])
        # What demands more asks for all of it anew.
        asked = idp.authorize(browser, client, Pkce(), acr_values="aal2").location
        assert "/with/" not in asked
        step = post(browser, asked, password=PASSWORD)
        assert "/with/totp" in step.location
        answer(post(browser, step.location, code=app.code()))
        claims = idp.core.signer.verify(tokens(idp, client, browser)["id_token"], typ="JWT")
        assert (claims["acr"], claims["auth_time"]) == ("aal2", idp.clock())
        assert answer(idp.authorize(browser, client, Pkce(), acr_values="aal2", prompt="none"))["code"]

    def test_a_second_before_it_still_has_it(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        browser = idp.browser()
        sign_in(idp, client, browser, app, remember="y")
        idp.clock.now += HOURS_12 - 31
        claims = idp.core.signer.verify(tokens(idp, client, browser)["id_token"], typ="JWT")
        assert claims["acr"] == "aal2"

    def test_nor_does_a_token_that_is_refreshed_keep_it(
        self, idp: ProviderUnderTest, client: RegisteredClient, app: TotpOf
    ) -> None:
        browser = idp.browser()
        sign_in(idp, client, browser, app, remember="y")
        got = tokens(idp, client, browser)
        idp.clock.now += HOURS_12
        refreshed = idp.token(client, grant_type="refresh_token", refresh_token=got["refresh_token"]).get_json()
        claims = idp.core.signer.verify(refreshed["access_token"], typ="at+jwt")
        assert claims["acr"] == "aal1"

    def test_a_passkey_alone_keeps_the_session(self) -> None:
        passkey = Proof("webauthn", 1000, ("hwk", "user"), (POSSESSION, VERIFIED, HARDWARE))
        later = 1000 + HOURS_12
        assert level(current([passkey], later - 1)) == "aal3"
        assert level(current([passkey], later)) == "aal1"
        assert level(current([password(1000), passkey], later)) == "aal1"
        # A new password beside an old key isn't two factors.
        assert level(current([password(later), passkey], later)) == "aal1"
        assert current([], later) == ()
