"""Tokens for one API each: RFC 8707."""

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest

API = "https://api.example/reports"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_access_token_for_a_resource(idp: ProviderUnderTest) -> None:
    client = idp.register(audiences=(API, "https://api.example/other"))
    tokens = idp.tokens(client, resource=API)

    assert idp.core.signer.verify(tokens["access_token"], typ="at+jwt")["aud"] == API
    response = idp.browser().get("/userinfo", headers=bearer(tokens["access_token"]))
    assert response.status_code == 401
    refreshed = idp.token(
        client, grant_type="refresh_token", refresh_token=tokens["refresh_token"], resource="https://api.example/other"
    )
    assert refreshed.get_json()["error"] == "invalid_target"


def test_no_token_has_two_audiences(idp: ProviderUnderTest) -> None:
    """RFC 8707 section 3: whoever gets it could use it at the other."""
    other = "https://api.example/other"
    client, pkce = idp.register(audiences=(API, other)), Pkce()
    code = idp.code(client, pkce, resource=[API, other])
    refused = idp.redeem(client, code, pkce, resource=[API, other])
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_target")

    tokens = idp.redeem(client, code, pkce).get_json()
    assert idp.core.signer.verify(tokens["access_token"], typ="at+jwt")["aud"] == API
    service = idp.register(
        grant_types=("client_credentials",), redirect_uris=(), scope="things:read", audiences=(API, other)
    )
    token = idp.token(service, grant_type="client_credentials").get_json()["access_token"]
    assert idp.core.signer.verify(token, typ="at+jwt")["aud"] == API
    both = idp.token(service, grant_type="client_credentials", resource=[API, other])
    assert both.get_json()["error"] == "invalid_target"


def test_one_sign_in_gives_tokens_for_several_apis_each_narrow(idp: ProviderUnderTest) -> None:
    """RFC 8707 section 2.2: the provider itself is a resource like any other, and no token opens two."""
    client = idp.register(audiences=(API,), scope="openid email things:read")
    pkce = Pkce()
    code = idp.code(client, pkce, resource=[ISSUER, API], scope="openid email things:read")
    tokens = idp.redeem(client, code, pkce, resource=ISSUER).get_json()
    assert idp.core.signer.verify(tokens["access_token"], typ="at+jwt")["aud"] == ISSUER
    assert idp.browser().get("/userinfo", headers=bearer(tokens["access_token"])).status_code == 200

    narrow = idp.token(
        client,
        grant_type="refresh_token",
        refresh_token=tokens["refresh_token"],
        resource=API,
        scope="things:read",
    ).get_json()
    claims = idp.core.signer.verify(narrow["access_token"], typ="at+jwt")
    assert (claims["aud"], claims["scope"]) == (API, "things:read")
    assert idp.browser().get("/userinfo", headers=bearer(narrow["access_token"])).status_code == 401


def test_a_service_asks_for_a_token_of_its_own_for_the_provider(idp: ProviderUnderTest) -> None:
    client = idp.register(redirect_uris=(), grant_types=("client_credentials",), audiences=(API,), scope="x")
    for asked, aud in ({}, API), ({"resource": ISSUER}, ISSUER):
        answer = idp.token(client, grant_type="client_credentials", **asked).get_json()
        assert idp.core.signer.verify(answer["access_token"], typ="at+jwt")["aud"] == aud
