"""RFC 6749 section 6, RFC 9700 section 4.14: rotation, reuse, and the answer that was lost on the way."""

import pytest

from tests.support.provider import ProviderUnderTest


def refresh(idp: ProviderUnderTest, client, token: str, **more: str):
    return idp.token(client, grant_type="refresh_token", refresh_token=token, **more)


def test_each_refresh_gives_the_next_token(idp: ProviderUnderTest) -> None:
    client = idp.register()
    first = idp.tokens(client)

    second = refresh(idp, client, first["refresh_token"]).get_json()
    third = refresh(idp, client, second["refresh_token"]).get_json()

    assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    claims = idp.core.signer.verify(third["id_token"], typ="JWT")
    assert "nonce" not in claims
    assert claims["auth_time"] == idp.core.signer.verify(first["id_token"], typ="JWT")["auth_time"]


def test_lost_answer_is_given_once_more_with_the_same_successor(idp: ProviderUnderTest) -> None:
    client = idp.register()
    first = idp.tokens(client)["refresh_token"]
    lost = refresh(idp, client, first).get_json()["refresh_token"]

    repeated = refresh(idp, client, first)

    assert repeated.get_json()["refresh_token"] == lost
    assert refresh(idp, client, lost).status_code == 200


@pytest.mark.parametrize("case", ["the successor was used", "a third time", "too late"])
def test_reuse_revokes_the_family(idp: ProviderUnderTest, case: str) -> None:
    client = idp.register()
    first = idp.tokens(client)["refresh_token"]
    newest = refresh(idp, client, first).get_json()
    if case == "the successor was used":
        newest = refresh(idp, client, newest["refresh_token"]).get_json()
    elif case == "a third time":
        assert refresh(idp, client, first).status_code == 200
    else:
        idp.clock.forward(11)

    assert refresh(idp, client, first).get_json()["error"] == "invalid_grant"

    assert refresh(idp, client, newest["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert idp.post("/introspect", {"token": newest["access_token"]}, auth=client.auth).get_json() == {"active": False}
    events = idp.core.database.read().all("SELECT event FROM audit_event WHERE event = 'token.reuse_detected'")
    assert len(events) == 1


def test_scope_can_be_narrowed_and_never_widened(idp: ProviderUnderTest) -> None:
    client = idp.register()
    tokens = idp.tokens(client)

    narrowed = refresh(idp, client, tokens["refresh_token"], scope="openid email").get_json()
    wider = refresh(idp, client, narrowed["refresh_token"], scope="openid address")

    assert narrowed["scope"] == "openid email"
    assert wider.get_json()["error"] == "invalid_scope"


def test_another_client_cannot_use_it(idp: ProviderUnderTest) -> None:
    tokens = idp.tokens(idp.register())

    assert refresh(idp, idp.register(), tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_idle_and_absolute_life(idp: ProviderUnderTest) -> None:
    client = idp.register()
    idle = idp.tokens(client, scope="openid offline_access")["refresh_token"]
    idp.clock.forward(30 * 86400 + 1)
    assert refresh(idp, client, idle).get_json()["error"] == "invalid_grant"

    busy = idp.tokens(client, scope="openid offline_access")["refresh_token"]
    for _ in range(3):
        idp.clock.forward(29 * 86400)
        busy = refresh(idp, client, busy).get_json()["refresh_token"]
    idp.clock.forward(4 * 86400)
    assert refresh(idp, client, busy).get_json()["error"] == "invalid_grant"


def test_signing_out_ends_it_unless_offline_access_was_granted(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    online = idp.tokens(client, browser=browser)
    offline = idp.tokens(client, browser=browser, scope="openid offline_access")

    browser.get("/end-session", query_string={"id_token_hint": online["id_token"]})

    assert refresh(idp, client, online["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert refresh(idp, client, offline["refresh_token"]).status_code == 200


def test_a_session_that_has_expired_gives_no_more_tokens(idp: ProviderUnderTest) -> None:
    """ASVS 5.0 7.4.1: expired is as good as signed out; refreshing is using it, up to its absolute end."""
    client, browser = idp.register(), idp.browser()
    idle = idp.tokens(client, browser=browser)["refresh_token"]
    offline = idp.tokens(client, browser=browser, scope="openid offline_access")["refresh_token"]
    lifetimes = idp.core.settings.lifetimes
    busy, began = idp.tokens(client)["refresh_token"], idp.clock.now
    while idp.clock.now - began < lifetimes.session_absolute - lifetimes.session_idle:
        idp.clock.now += lifetimes.session_idle - 1
        busy = refresh(idp, client, busy).get_json()["refresh_token"]
    assert refresh(idp, client, idle).get_json()["error"] == "invalid_grant"
    idp.clock.now = began + lifetimes.session_absolute
    assert refresh(idp, client, busy).get_json()["error"] == "invalid_grant"
    assert refresh(idp, client, offline).status_code == 200
