"""The `claims` parameter: OpenID Connect Core section 5.5. What it asks of the sign-in is in `test_step_up`."""

import json

import pytest
from werkzeug.test import Client

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, answer
from tests.support.strong import account_id


@pytest.fixture
def client(idp: ProviderUnderTest) -> RegisteredClient:
    return idp.register()


@pytest.fixture
def here(idp: ProviderUnderTest, client: RegisteredClient) -> Client:
    """A browser in which alice has signed in."""
    made = idp.browser()
    idp.code(client, Pkce(), made)
    return made


def test_a_named_person_is_the_only_one_that_will_do(
    idp: ProviderUnderTest, client: RegisteredClient, here: Client
) -> None:
    alice, bob = (account_id(idp, name) for name in ("alice", "bob"))
    hers, his = ({"claims": json.dumps({"id_token": {"sub": {"value": one}}})} for one in (alice, bob))
    answer(idp.authorize(here, client, Pkce(), **hers))
    assert answer(idp.authorize(here, client, Pkce(), prompt="none", **his))["error"] == "login_required"
    page = idp.authorize(here, client, Pkce(), **his)
    # Alice's password doesn't help her to be bob.
    assert answer(idp.sign_in(here, page.location))["error"] == "login_required"
    pkce = Pkce()
    page = idp.authorize(idp.browser(), client, pkce, **his)
    assert page.location.startswith("/sign-in/")


def test_hint_and_claims_that_contradict_each_other(
    idp: ProviderUnderTest, client: RegisteredClient, here: Client
) -> None:
    hint = idp.tokens(client)["id_token"]
    claims = json.dumps({"id_token": {"sub": {"value": account_id(idp, "bob")}}})
    refused = answer(idp.authorize(here, client, Pkce(), claims=claims, id_token_hint=hint))
    assert refused["error"] == "login_required"


def test_by_name_in_the_id_token_also_after_a_refresh(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    asked = {"id_token": {"email": {"essential": True}, "name": None, "phone_number": None, "sub": None, "x": None}}
    tokens = idp.tokens(client, scope="openid", claims=json.dumps(asked))
    for _ in range(2):
        claims = idp.core.signer.verify(tokens["id_token"], typ="JWT")
        assert (claims["email"], claims["name"]) == ("alice@example.org", "Alice Moreau")
        assert not {"phone_number", "x", "email_verified"} & claims.keys()
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        tokens = idp.token(client, **form).get_json()


def test_by_name_from_userinfo(idp: ProviderUnderTest, client: RegisteredClient) -> None:
    asked = {"userinfo": {"email": None, "acr": None, "phone_number": {"essential": True}, "address": None}}
    tokens = idp.tokens(client, scope="openid", claims=json.dumps(asked))
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    body = idp.browser().get("/userinfo", headers=headers, base_url=ISSUER).get_json()
    assert body == {"sub": body["sub"], "email": "alice@example.org", "acr": "aal1"}


def test_a_client_gets_by_name_what_it_may_ask_for_by_scope_and_no_more(idp: ProviderUnderTest) -> None:
    client = idp.register(scope="openid")
    tokens = idp.tokens(client, scope="openid", claims='{"id_token":{"email":null},"userinfo":{"email":null}}')
    assert "email" not in idp.core.signer.verify(tokens["id_token"], typ="JWT")
    assert "userinfo_claims" not in idp.core.signer.verify(tokens["access_token"], typ="at+jwt")


def test_people_are_asked_about_them(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(first_party=False), idp.browser()
    page = idp.authorize(browser, client, Pkce(), scope="openid", claims='{"userinfo":{"email":null}}')
    consent = idp.sign_in(browser, page.location)
    assert "See your e-mail address" in browser.get(consent.location, base_url=ISSUER).text


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"id_token":[]}', '{"id_token":{"acr":{"essential":"yes"}}}'])
def test_what_can_not_be_read(idp: ProviderUnderTest, client: RegisteredClient, here: Client, text: str) -> None:
    refused = answer(idp.authorize(here, client, Pkce(), claims=text))
    assert refused["error"] == "invalid_request"
    assert text not in refused["error_description"]


def test_discovery(idp: ProviderUnderTest) -> None:
    document = idp.browser().get("/.well-known/openid-configuration", base_url=ISSUER).get_json()
    assert document["acr_values_supported"] == ["aal1", "aal2", "aal3"]
    assert document["claims_parameter_supported"] is True
    assert {"acr", "amr", "auth_time"} <= set(document["claims_supported"])
