"""OpenID Connect Core section 3.1.2, RFC 9207, RFC 9700: which requests are answered where, and with what."""

import pytest

from tests.support.provider import CALLBACK, ISSUER, PASSWORD, Pkce, ProviderUnderTest, answer, csrf


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?a=b"},
        {"redirect_uri": "https://rp.example:443/callback"},
        {"redirect_uri": "https://rp.example/callback#x"},
        {"redirect_uri": "https://rp.example/../callback"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_unproven_client_or_address_gets_a_page(idp: ProviderUnderTest, changes: dict[str, str | None]) -> None:
    response = idp.authorize(idp.browser(), idp.register(), Pkce(), **changes)

    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "text/html" in response.content_type


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "nothing-known"}, "invalid_scope"),
        ({"scope": "two  spaces"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"id_token_hint": "nonsense"}, "invalid_request"),
        ({"resource": "https://api.example"}, "invalid_target"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://rp.example/request"}, "request_uri_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_other_errors_go_back_with_state_and_iss(
    idp: ProviderUnderTest, changes: dict[str, str | None], error: str
) -> None:
    parameters = answer(idp.authorize(idp.browser(), idp.register(), Pkce(), **changes))

    assert parameters["error"] == error
    assert parameters["state"] == "the state"
    assert parameters["iss"] == ISSUER
    assert "code" not in parameters


def test_a_client_gets_no_scope_that_it_is_not_registered_for(idp: ProviderUnderTest) -> None:
    client = idp.register(scope="openid email")

    tokens = idp.tokens(client, scope="openid email profile roles offline_access filing:write")

    assert tokens["scope"] == "openid email"
    assert idp.core.signer.verify(tokens["access_token"], typ="at+jwt")["scope"] == "openid email"
    assert answer(idp.authorize(idp.browser(), client, Pkce(), scope="profile"))["error"] == "invalid_scope"


@pytest.mark.parametrize("name", ["scope", "state", "nonce", "code_challenge", "prompt"])
def test_parameter_given_twice(idp: ProviderUnderTest, name: str) -> None:
    client = idp.register()
    query = f"client_id={client.client_id}&redirect_uri={CALLBACK}&response_type=code&scope=openid&{name}=a&{name}=a"

    assert answer(idp.browser().get(f"/authorize?{query}", base_url=ISSUER))["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_client_or_address_given_twice_gets_a_page(idp: ProviderUnderTest, name: str) -> None:
    client = idp.register()
    query = f"client_id={client.client_id}&redirect_uri={CALLBACK}&response_type=code&{name}=https://evil.example"

    response = idp.browser().get(f"/authorize?{query}", base_url=ISSUER)

    assert response.status_code == 400
    assert "Location" not in response.headers


def test_request_by_post(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    form = {
        "client_id": client.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
    }

    assert idp.browser().post("/authorize", data=form, base_url=ISSUER).location.startswith("/sign-in/")


def test_prompt_login_asks_again_and_says_when(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    idp.code(client, Pkce(), browser)
    idp.clock.forward(100)
    pkce = Pkce()

    page = idp.authorize(browser, client, pkce, prompt="login")
    form = browser.get(page.location, base_url=ISSUER).text
    response = browser.post(page.location, data={"password": PASSWORD, "csrf_token": csrf(form)}, base_url=ISSUER)

    tokens = idp.redeem(client, answer(response)["code"], pkce).get_json()
    assert idp.core.signer.verify(tokens["id_token"], typ="JWT")["auth_time"] == idp.clock()


def test_prompt_login_can_be_answered_by_somebody_else(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    idp.code(client, Pkce(), browser)
    pkce = Pkce()

    page = idp.authorize(browser, client, pkce, prompt="login")
    other = f"{page.location}?other=1"
    form = {"username": "bob", "password": PASSWORD, "csrf_token": csrf(browser.get(other, base_url=ISSUER).text)}
    tokens = idp.redeem(client, answer(browser.post(other, data=form, base_url=ISSUER))["code"], pkce).get_json()

    claims = idp.core.accounts.claims.for_subject(idp.core.signer.verify(tokens["id_token"], typ="JWT")["sub"])
    assert claims is not None
    assert claims["preferred_username"] == "bob"


def test_max_age(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    idp.code(client, Pkce(), browser)
    idp.clock.forward(100)

    assert "code" in answer(idp.authorize(browser, client, Pkce(), max_age="100"))
    assert idp.authorize(browser, client, Pkce(), max_age="99").location.startswith("/sign-in/")
    assert answer(idp.authorize(browser, client, Pkce(), max_age="99", prompt="none"))["error"] == "login_required"


def test_id_token_hint_of_somebody_else(idp: ProviderUnderTest) -> None:
    client = idp.register()
    alice = idp.tokens(client)["id_token"]
    browser = idp.browser()
    page = idp.authorize(browser, client, Pkce())
    idp.sign_in(browser, page.location, "bob")

    assert (
        answer(idp.authorize(browser, client, Pkce(), id_token_hint=alice, prompt="none"))["error"] == "login_required"
    )


def test_expired_id_token_is_as_good_a_hint(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    hint = idp.tokens(client, browser=browser)["id_token"]
    idp.clock.forward(3600)

    assert "code" in answer(idp.authorize(browser, client, Pkce(), id_token_hint=hint, prompt="none"))


def test_login_hint_is_filled_in(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    page = idp.authorize(browser, idp.register(), Pkce(), login_hint="bob")

    assert 'value="bob"' in browser.get(page.location, base_url=ISSUER).text


def test_prompt_create_begins_with_a_new_account(idp: ProviderUnderTest) -> None:
    response = idp.authorize(idp.browser(), idp.register(), Pkce(), prompt="create")

    assert response.location.startswith("/create-account?next=/sign-in/")


def test_cancelling_goes_back_with_access_denied(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    page = idp.authorize(browser, idp.register(), Pkce())
    form = browser.get(page.location, base_url=ISSUER).text

    response = browser.post(f"{page.location}/cancel", data={"csrf_token": csrf(form)}, base_url=ISSUER)

    assert answer(response)["error"] == "access_denied"


def test_sign_in_of_another_browser_is_refused(idp: ProviderUnderTest) -> None:
    page = idp.authorize(idp.browser(), idp.register(), Pkce())

    assert idp.browser().get(page.location, base_url=ISSUER).status_code == 400


def test_sign_in_expires(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    page = idp.authorize(browser, idp.register(), Pkce())
    idp.clock.forward(3601)

    assert browser.get(page.location, base_url=ISSUER).status_code == 410


def test_double_click_on_sign_in_is_led_on(idp: ProviderUnderTest) -> None:
    client, browser, pkce = idp.register(), idp.browser(), Pkce()
    page = idp.authorize(browser, client, pkce)
    form = {
        "username": "alice",
        "password": PASSWORD,
        "csrf_token": csrf(browser.get(page.location, base_url=ISSUER).text),
    }

    assert "code" in answer(browser.post(page.location, data=form, base_url=ISSUER))
    # The first click was a proof, so the form's token is worth nothing any more.
    second = browser.post(page.location, data=form, base_url=ISSUER)
    assert second.location == f"{page.location}/proceed"
    again = browser.get(second.location, base_url=ISSUER)
    assert "code" in answer(browser.get(again.location, base_url=ISSUER))
    shown = browser.get(page.location, base_url=ISSUER)
    assert "signed in already" in shown.text
    assert "https://rp.example" in shown.headers["Content-Security-Policy"]
    form = {"csrf_token": csrf(shown.text)}
    again = browser.post(f"{page.location}/proceed", data=form, base_url=ISSUER)
    code = answer(browser.get(again.location, base_url=ISSUER))["code"]

    assert idp.redeem(client, code, pkce).status_code == 200


def test_back_button_after_signing_in_shows_the_way_on(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    page = idp.authorize(browser, client, Pkce())
    idp.sign_in(browser, page.location)

    shown = browser.get(page.location, base_url=ISSUER).text
    response = browser.post(f"{page.location}/proceed", data={"csrf_token": csrf(shown)}, base_url=ISSUER)

    assert "code" in answer(browser.get(response.location, base_url=ISSUER))
