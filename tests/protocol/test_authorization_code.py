"""RFC 6749 section 4.1 and RFC 7636: the code grant, from request to tokens, and everything that must not work."""

import pytest

from tests.support.provider import CALLBACK, Pkce, ProviderUnderTest, answer


def test_code_is_redeemed_for_tokens(idp: ProviderUnderTest) -> None:
    client, pkce, browser = idp.register(), Pkce(), idp.browser()
    page = idp.authorize(browser, client, pkce)
    assert page.location.startswith("/sign-in/")

    parameters = answer(idp.sign_in(browser, page.location))

    assert parameters["state"] == "the state"
    assert parameters["iss"] == "http://localhost:8000"
    response = idp.redeem(client, parameters["code"], pkce)
    assert response.headers["Cache-Control"] == "no-store"
    body = response.get_json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 300
    assert body["scope"] == "openid profile email"
    assert {"access_token", "id_token", "refresh_token"} <= body.keys()


def test_second_service_asks_nothing(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    idp.code(idp.register(), Pkce(), browser)

    second = idp.authorize(browser, idp.register(), Pkce())

    assert "code" in answer(second)


def test_code_used_twice_ends_its_tokens(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce)
    tokens = idp.redeem(client, code, pkce).get_json()

    again = idp.redeem(client, code, pkce)

    assert again.status_code == 400
    assert again.get_json()["error"] == "invalid_grant"
    assert idp.post("/introspect", {"token": tokens["access_token"]}, auth=client.auth).get_json() == {"active": False}
    refreshed = idp.token(client, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.get_json()["error"] == "invalid_grant"


def test_code_expires(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce)
    idp.clock.forward(61)

    assert idp.redeem(client, code, pkce).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code": "ac_unknown.secret"}, "invalid_grant"),
        ({"code": "nonsense"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
    ],
)
def test_wrong_binding_is_refused_and_spoils_nothing(
    idp: ProviderUnderTest, changes: dict[str, str], error: str
) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce)

    refused = idp.redeem(client, code, pkce, **changes)

    assert refused.status_code == 400
    assert refused.get_json()["error"] == error
    assert idp.redeem(client, code, pkce).status_code == 200


def test_code_of_another_client_is_refused(idp: ProviderUnderTest) -> None:
    pkce = Pkce()
    code = idp.code(idp.register(), pkce)

    assert idp.redeem(idp.register(), code, pkce).get_json()["error"] == "invalid_grant"


def test_public_client_redeems_with_pkce_alone(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(token_endpoint_auth_method="none"), Pkce()
    code = idp.code(client, pkce)

    assert idp.redeem(client, code, pkce).status_code == 200


def test_redirect_uri_may_be_left_out_when_only_one_is_registered(idp: ProviderUnderTest) -> None:
    client, pkce = idp.register(), Pkce()
    code = idp.code(client, pkce, redirect_uri=None)

    assert idp.redeem(client, code, pkce, redirect_uri=None).status_code == 200
