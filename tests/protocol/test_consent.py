"""Consent: asked once for each client and scope, remembered, taken back; first-party clients may skip it."""

import pytest

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, answer, csrf


def third_party(idp: ProviderUnderTest, **changes):
    return idp.register(first_party=False, **changes)


def decide(idp: ProviderUnderTest, browser, location: str, decision: str):
    assert location.startswith("/consent/"), location
    page = browser.get(location, base_url=ISSUER).text
    return browser.post(location, data={"decision": decision, "csrf_token": csrf(page)}, base_url=ISSUER)


def test_is_asked_and_remembered(idp: ProviderUnderTest) -> None:
    client, browser = third_party(idp), idp.browser()
    page = idp.authorize(browser, client, Pkce())
    consent = idp.sign_in(browser, page.location)

    assert "code" in answer(decide(idp, browser, consent.location, "allow"))
    assert "code" in answer(idp.authorize(browser, client, Pkce()))
    assert "code" in answer(idp.authorize(browser, client, Pkce(), scope="openid", prompt="none"))


@pytest.mark.parametrize(
    "uri", ["org.example.app:/callback", "http://127.0.0.1:7000/callback", "http://localhost:3000/"]
)
@pytest.mark.parametrize("first_party", [True, False])
def test_an_app_that_anybody_can_pretend_to_be_is_asked_for_each_time(
    idp: ProviderUnderTest, uri: str, first_party: bool
) -> None:
    """RFC 8252 section 8.6: its redirect URI proves nothing."""
    client = idp.register(first_party=first_party, redirect_uris=(uri,), token_endpoint_auth_method="none")
    browser = idp.browser()
    consent = idp.sign_in(browser, idp.authorize(browser, client, Pkce(), redirect_uri=uri).location)
    assert "code=" in decide(idp, browser, consent.location, "allow").location

    assert idp.authorize(browser, client, Pkce(), redirect_uri=uri).location.startswith("/consent/")
    assert "error=consent_required" in idp.authorize(browser, client, Pkce(), redirect_uri=uri, prompt="none").location


def test_an_app_with_an_address_of_its_own_is_remembered(idp: ProviderUnderTest) -> None:
    client, browser = third_party(idp, token_endpoint_auth_method="none"), idp.browser()
    consent = idp.sign_in(browser, idp.authorize(browser, client, Pkce()).location)
    decide(idp, browser, consent.location, "allow")

    assert "code" in answer(idp.authorize(browser, client, Pkce()))


def test_more_scope_is_asked_for_again(idp: ProviderUnderTest) -> None:
    client, browser = third_party(idp), idp.browser()
    page = idp.authorize(browser, client, Pkce(), scope="openid")
    decide(idp, browser, idp.sign_in(browser, page.location).location, "allow")

    assert answer(idp.authorize(browser, client, Pkce(), prompt="none"))["error"] == "consent_required"
    assert idp.authorize(browser, client, Pkce()).location.startswith("/consent/")


def test_denied(idp: ProviderUnderTest) -> None:
    client, browser = third_party(idp), idp.browser()
    page = idp.authorize(browser, client, Pkce())
    consent = idp.sign_in(browser, page.location)

    assert answer(decide(idp, browser, consent.location, "deny"))["error"] == "access_denied"
    assert idp.authorize(browser, client, Pkce()).location.startswith("/consent/")


def test_prompt_consent_asks_even_when_remembered(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    idp.code(client, Pkce(), browser)

    page = idp.authorize(browser, client, Pkce(), prompt="consent")

    assert "code" in answer(decide(idp, browser, page.location, "allow"))


def test_taking_it_back_ends_tokens_and_consent(idp: ProviderUnderTest) -> None:
    client, browser, pkce = third_party(idp), idp.browser(), Pkce()
    page = idp.authorize(browser, client, pkce)
    code = answer(decide(idp, browser, idp.sign_in(browser, page.location).location, "allow"))["code"]
    tokens = idp.redeem(client, code, pkce).get_json()

    form = csrf(browser.get("/account/services", base_url=ISSUER).text)
    gone = browser.post("/account/services", data={"csrf_token": form, "client_id": client.client_id}, base_url=ISSUER)

    assert gone.status_code == 303
    assert idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    assert idp.authorize(browser, client, Pkce()).location.startswith("/consent/")


def test_choosing_another_account_forgets_the_yes(idp: ProviderUnderTest) -> None:
    client, browser = third_party(idp), idp.browser()
    page = idp.authorize(browser, client, Pkce(), prompt="select_account")
    idp.sign_in(browser, page.location, "bob")

    chooser = idp.authorize(browser, client, Pkce(), prompt="select_account")
    assert chooser.location.startswith("/choose-account/")
    consent = idp.sign_in(browser, chooser.location.replace("choose-account", "sign-in"), "alice")

    assert consent.location.startswith("/consent/")
    assert "Alice Moreau" in browser.get(consent.location, base_url=ISSUER).text


def test_the_page_says_for_whom_where_and_for_how_long(idp: ProviderUnderTest) -> None:
    api = "https://filing.example.org/api"
    scope = "openid filing:read offline_access"
    client, browser = third_party(idp, scope=scope, audiences=(api,)), idp.browser()
    page = idp.sign_in(browser, idp.authorize(browser, client, Pkce(), scope=scope).location)
    text = browser.get(page.location, base_url=ISSUER).text

    for expected in (
        "See your draft applications",
        "rp.example",
        "filing.example.org",
        "90 days, when you’re signed out",
    ):
        assert expected in text, expected
    page = idp.authorize(browser, client, Pkce(), scope="openid filing:read")
    assert "Until you sign out" in browser.get(page.location, base_url=ISSUER).text


def test_one_permission_alone_can_be_taken_back(idp: ProviderUnderTest) -> None:
    client, browser, pkce = third_party(idp, scope="openid profile email roles"), idp.browser(), Pkce()
    page = idp.authorize(browser, client, pkce, scope="openid profile email")
    code = answer(decide(idp, browser, idp.sign_in(browser, page.location).location, "allow"))["code"]
    tokens = idp.redeem(client, code, pkce).get_json()

    page = browser.get("/account/services", base_url=ISSUER).text
    assert 'value="profile"' in page
    assert 'value="openid"' not in page
    kept = {"csrf_token": csrf(page), "client_id": client.client_id, "decision": "keep", "scope": ["profile", "roles"]}
    assert browser.post("/account/services", data=kept, base_url=ISSUER).status_code == 303

    page = browser.get("/account/services", base_url=ISSUER).text
    assert 'value="profile"' in page
    assert 'value="email"' not in page
    assert idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 400
    assert "code" in answer(idp.authorize(browser, client, Pkce(), scope="openid profile"))
    assert idp.authorize(browser, client, Pkce(), scope="openid email").location.startswith("/consent/")
    assert idp.authorize(browser, client, Pkce(), scope="openid roles").location.startswith("/consent/"), (
        "nothing is won"
    )


def test_keeping_everything_ends_no_token(idp: ProviderUnderTest) -> None:
    client, browser, pkce = third_party(idp), idp.browser(), Pkce()
    page = idp.authorize(browser, client, pkce, scope="openid email")
    code = answer(decide(idp, browser, idp.sign_in(browser, page.location).location, "allow"))["code"]
    tokens = idp.redeem(client, code, pkce).get_json()

    form = csrf(browser.get("/account/services", base_url=ISSUER).text)
    kept = {"csrf_token": form, "client_id": client.client_id, "decision": "keep", "scope": ["email"]}
    browser.post("/account/services", data=kept, base_url=ISSUER)

    assert idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_of_the_organization_s_own_service_nothing_is_left_to_choose(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    idp.code(client, Pkce(), browser)
    page = browser.get("/account/services", base_url=ISSUER).text

    assert "Example service" in page
    assert 'name="scope"' not in page
