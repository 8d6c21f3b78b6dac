"""Step-up: OpenID Connect Core sections 3.1.2.1 and 5.5.1.1, RFC 9470, Core Unmet Authentication Requirements 1.0, RFC 8176."""

import json
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer, csrf
from tests.support.strong import TotpOf, add_recovery_codes, add_totp

UNMET = "unmet_authentication_requirements"
API = "https://api.example/reports"
ENROL = "/account/security/add"


def essential(*values: str, **more: Any) -> str:
    """Return a `claims` parameter that asks for `acr` as an Essential Claim."""
    return json.dumps({"id_token": {"acr": {"essential": True, "values": values}, **more}})


def follow(browser: Client, response: TestResponse) -> TestResponse:
    return browser.get(response.location, base_url=ISSUER)


def prove(browser: Client, step: TestResponse, code: str) -> TestResponse:
    """Answer the page that `step` leads to with a code."""
    page = follow(browser, step)
    return browser.post(step.location, data={"csrf_token": csrf(page.text), "code": code}, base_url=ISSUER)


def prove_again(browser: Client, step: TestResponse, password: str = "demo-PASSWORD-1") -> TestResponse:
    """Answer a page that asks for the password of somebody it knows."""
    page = follow(browser, step)
    assert 'autocomplete="username" hidden' in page.text
    return browser.post(step.location, data={"csrf_token": csrf(page.text), "password": password}, base_url=ISSUER)


def id_claims(idp: ProviderUnderTest, client: RegisteredClient, pkce: Pkce, response: TestResponse) -> dict[str, Any]:
    tokens = idp.redeem(client, answer(response)["code"], pkce).get_json()
    return idp.core.signer.verify(tokens["id_token"], typ="JWT")


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def here(idp: ProviderUnderTest, client: RegisteredClient) -> Client:
    """A browser in which alice has signed in with her password, having no method yet."""
    made = idp.browser()
    idp.code(client, Pkce(), made)
    return made


@pytest.fixture
def app(idp: ProviderUnderTest, here: Client) -> TotpOf:
    """Alice's authenticator app, set up elsewhere after she signed in here."""
    return add_totp(idp, "alice")


class TestWhatIsAsked:
    """What the provider does for each way to ask: answer (the `acr`), ask for a method, lead to enrolment, or refuse."""

    @pytest.mark.parametrize(
        ("asked", "outcomes"),
        [
            ({}, ("aal1", "aal1")),
            ({"acr_values": "aal1"}, ("aal1", "aal1")),
            ({"acr_values": "aal2"}, (ENROL, "/with/totp")),
            ({"acr_values": "aal2 aal1"}, ("aal1", "/with/totp")),
            ({"acr_values": "aal1 aal2"}, ("aal1", "aal1")),
            ({"acr_values": "aal3 aal1"}, ("aal1", "/with/totp")),
            ({"acr_values": "urn:mace:incommon:iap:silver"}, ("aal1", "aal1")),
            ({"acr_values": "urn:unknown aal2"}, (ENROL, "/with/totp")),
            ({"claims": essential("aal2")}, (ENROL, "/with/totp")),
            ({"claims": essential("aal2", "aal1")}, ("aal1", "/with/totp")),
            ({"claims": essential()}, ("aal1", "aal1")),
            ({"claims": essential(), "acr_values": "aal2"}, (ENROL, "/with/totp")),
            ({"claims": essential("urn:unknown")}, (UNMET, UNMET)),
            ({"claims": essential("urn:unknown", "aal1")}, ("aal1", "aal1")),
            ({"claims": essential("aal1"), "acr_values": "aal2"}, ("aal1", "aal1")),
            ({"claims": '{"id_token":{"acr":{"value":"aal2"}}}'}, (ENROL, "/with/totp")),
            ({"claims": '{"userinfo":{"acr":{"value":"aal2"}}}'}, (ENROL, "/with/totp")),
            ({"claims": '{"id_token":{"acr":{"value":"aal2"}}}', "acr_values": "aal1"}, ("aal1", "aal1")),
            ({"claims": '{"id_token":{"acr":{"value":"urn:unknown"}}}'}, ("aal1", "aal1")),
            ({"claims": '{"id_token":{"acr":null,"auth_time":{"essential":true}}}'}, ("aal1", "aal1")),
            ({"acr_values": "aal2", "prompt": "none"}, ("interaction_required", "login_required")),
            ({"acr_values": "aal2 aal1", "prompt": "none"}, ("aal1", "login_required")),
        ],
    )
    def test_whoever_is_signed_in_with_a_password(
        self,
        idp: ProviderUnderTest,
        client: RegisteredClient,
        here: Client,
        asked: dict[str, str],
        outcomes: tuple[str, str],
    ) -> None:
        without_a_method, with_totp = outcomes
        assert self._outcome(idp, client, here, asked) == without_a_method
        add_totp(idp, "alice")
        assert self._outcome(idp, client, here, asked) == with_totp

    def _outcome(self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, asked: dict[str, str]) -> str:
        pkce = Pkce()
        response = idp.authorize(here, client, pkce, **asked)
        if response.location.startswith("/"):
            return ENROL if response.location.startswith(ENROL) else "/with/" + response.location.partition("/with/")[2]
        if error := answer(response).get("error"):
            return error
        return str(id_claims(idp, client, pkce, response)["acr"])


def test_only_what_is_missing_is_asked(
    idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
) -> None:
    before = idp.clock()
    idp.clock.now += 3600
    pkce = Pkce()
    step = idp.authorize(here, client, pkce, acr_values="aal2")
    assert "/with/totp" in step.location
    claims = id_claims(idp, client, pkce, prove(here, step, app.code()))
    assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "otp", "mfa"])
    assert claims["auth_time"] > before + 3500
    # It stays that way, in the same session, and nothing more is asked of anybody.
    again = Pkce()
    answered = id_claims(idp, client, again, idp.authorize(here, client, again, acr_values="aal2", prompt="none"))
    assert (answered["sid"], answered["acr"]) == (claims["sid"], "aal2")
    plain = Pkce()
    assert id_claims(idp, client, plain, idp.authorize(here, client, plain))["acr"] == "aal2"


def test_the_session_keeps_its_name_when_it_is_strengthened(
    idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
) -> None:
    """Or services that were signed in to with the password would no longer hear of its end."""
    pkce, later = Pkce(), Pkce()
    sid = id_claims(idp, client, pkce, idp.authorize(here, client, pkce))["sid"]
    step = idp.authorize(here, client, later, acr_values="aal2")
    assert id_claims(idp, client, later, prove(here, step, app.code()))["sid"] == sid


class TestTokens:
    """What tokens say of the sign-in, wherever one looks."""

    def tokens(self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf) -> dict[str, Any]:
        pkce = Pkce()
        step = idp.authorize(here, client, pkce, acr_values="aal2", resource=API, scope="openid offline_access")
        return idp.redeem(client, answer(prove(here, step, app.code()))["code"], pkce).get_json()

    def test_survives_refreshes(self, idp: ProviderUnderTest, here: Client, app: TotpOf) -> None:
        client = idp.register(audiences=(API,))
        tokens = self.tokens(idp, client, here, app)
        proven = idp.clock()
        for _ in range(2):
            for token, typ in ((tokens["id_token"], "JWT"), (tokens["access_token"], "at+jwt")):
                claims = idp.core.signer.verify(token, typ=typ)
                assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "otp", "mfa"])
                assert claims["auth_time"] == proven
            idp.clock.now += 100
            form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            tokens = idp.token(client, **form).get_json()

    def test_introspection(self, idp: ProviderUnderTest, here: Client, app: TotpOf) -> None:
        """RFC 9470 section 6.2."""
        client = idp.register(audiences=(API,))
        api = idp.register(redirect_uris=(), grant_types=("client_credentials",), scope="x", resource_server=(API,))
        tokens = self.tokens(idp, client, here, app)
        body = idp.post("/introspect", {"token": tokens["access_token"]}, auth=api.auth).get_json()
        assert (body["active"], body["acr"], body["auth_time"]) == (True, "aal2", idp.clock())
        assert body["amr"] == ["pwd", "otp", "mfa"]
        assert not {"family", "userinfo_claims"} & body.keys()

    def test_a_stronger_sign_in_later_makes_earlier_tokens_no_stronger(
        self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
    ) -> None:
        pkce = Pkce()
        tokens = idp.redeem(client, idp.code(client, pkce, here), pkce).get_json()
        self.tokens(idp, idp.register(audiences=(API,)), here, app)
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        refreshed = idp.token(client, **form).get_json()
        assert idp.core.signer.verify(refreshed["access_token"], typ="at+jwt")["acr"] == "aal1"


class TestMaxAge:
    """Recent proofs count, others don't: what is too old is asked again, and no more."""

    def test_everything_again(
        self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
    ) -> None:
        prove(here, idp.authorize(here, client, Pkce(), acr_values="aal2"), app.code())
        idp.clock.now += 700
        pkce = Pkce()
        first = idp.authorize(here, client, pkce, acr_values="aal2", max_age="600")
        second = prove_again(here, first)
        assert "/with/totp" in second.location
        claims = id_claims(idp, client, pkce, prove(here, second, app.code()))
        assert (claims["acr"], claims["auth_time"]) == ("aal2", idp.clock())

    def test_only_the_password_again(
        self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
    ) -> None:
        idp.clock.now += 500
        prove(here, idp.authorize(here, client, Pkce(), acr_values="aal2"), app.code())
        idp.clock.now += 200
        pkce = Pkce()
        step = idp.authorize(here, client, pkce, acr_values="aal2", max_age="600")
        claims = id_claims(idp, client, pkce, prove_again(here, step))
        assert (claims["acr"], set(claims["amr"])) == ("aal2", {"otp", "pwd", "mfa"})

    def test_an_old_second_factor_is_not_claimed_for_a_fresh_password(
        self, idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
    ) -> None:
        prove(here, idp.authorize(here, client, Pkce(), acr_values="aal2"), app.code())
        idp.clock.now += 700
        pkce = Pkce()
        step = idp.authorize(here, client, pkce, max_age="600")
        claims = id_claims(idp, client, pkce, prove_again(here, step))
        assert (claims["acr"], claims["amr"], claims["auth_time"]) == ("aal1", ["pwd"], idp.clock())


class TestWhatTheClientIsRegisteredFor:
    @pytest.mark.usefixtures("app")
    def test_its_level_is_asked_for_when_a_request_names_none(self, idp: ProviderUnderTest, here: Client) -> None:
        client = idp.register(default_acr_values=("aal2",))
        assert "/with/totp" in idp.authorize(here, client, Pkce()).location

    @pytest.mark.parametrize(
        "asked",
        [{"acr_values": "aal1"}, {"claims": essential("aal1")}, {"acr_values": "x"}, {"acr_values": "aal1 aal2"}],
    )
    @pytest.mark.usefixtures("app")
    def test_no_request_gets_by_with_less(self, idp: ProviderUnderTest, here: Client, asked: dict[str, str]) -> None:
        """The request passes through the browser of whoever signs in, who may have stolen the password."""
        client = idp.register(default_acr_values=("aal2",))
        assert "/with/totp" in idp.authorize(here, client, Pkce(), **asked).location

    @pytest.mark.usefixtures("app")
    def test_a_request_may_ask_for_more(self, idp: ProviderUnderTest, here: Client) -> None:
        client = idp.register(default_acr_values=("aal1",))
        answer(idp.authorize(here, client, Pkce()))
        assert "/with/totp" in idp.authorize(here, client, Pkce(), acr_values="aal2").location

    def test_an_essential_value_below_is_answered_as_it_was_asked(
        self, idp: ProviderUnderTest, here: Client, app: TotpOf
    ) -> None:
        """Core section 5.5.1.1: the answer is one of the values; levels include those below."""
        client, pkce = idp.register(default_acr_values=("aal2",)), Pkce()
        step = idp.authorize(here, client, pkce, claims=essential("aal1"))
        claims = id_claims(idp, client, pkce, prove(here, step, app.code()))
        assert (claims["acr"], claims["amr"]) == ("aal1", ["pwd", "otp", "mfa"])

    def test_methods_that_do_not_count_show_nothing(self, idp: ProviderUnderTest, here: Client) -> None:
        app, codes = add_totp(idp, "alice"), add_recovery_codes(idp, "alice")
        anything, only_app = idp.register(), idp.register(allowed_methods=("totp",))
        step = idp.authorize(here, anything, Pkce(), acr_values="aal2")
        other = here.get(step.location.replace("/totp", "/recovery_codes"), base_url=ISSUER)
        sent = {"csrf_token": csrf(other.text), "code": codes[0]}
        answer(here.post(other.request.path, data=sent, base_url=ISSUER))
        # The recovery code made the session strong, but not for a client that takes nothing but the app.
        pkce = Pkce()
        plain = id_claims(idp, only_app, pkce, idp.authorize(here, only_app, pkce))
        assert plain["acr"] == "aal1"
        step = idp.authorize(here, only_app, pkce, acr_values="aal2")
        assert "/with/totp" in step.location
        assert "recovery" not in follow(here, step).text
        claims = id_claims(idp, only_app, pkce, prove(here, step, app.code()))
        assert claims["acr"] == "aal2"

    @pytest.mark.usefixtures("app")
    def test_whoever_has_none_that_counts_sets_one_up(self, idp: ProviderUnderTest, here: Client) -> None:
        client = idp.register(allowed_methods=("webauthn",))
        step = idp.authorize(here, client, Pkce(), acr_values="aal2")
        assert step.location.startswith(ENROL)
        assert "methods=webauthn" in step.location


def test_a_level_that_nobody_here_reaches(
    idp: ProviderUnderTest, client: RegisteredClient, here: Client, app: TotpOf
) -> None:
    """A code from an app is never AAL3, so there is an error and no going round in circles."""
    step = idp.authorize(here, client, Pkce(), acr_values="aal3")
    refused = answer(prove(here, step, app.code()))
    assert refused["error"] == UNMET
    assert refused["state"] == "the state"
    assert refused["iss"] == ISSUER
    assert "code" not in refused
