"""RP-Initiated Logout 1.0 and Back-Channel Logout 1.0: signed out once, signed out everywhere."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.worker import build_worker
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, csrf

BACK = "https://rp.example/signed-out"


def end_session(browser, **query: str):
    return browser.get("/end-session", query_string=query, base_url=ISSUER)


def test_with_a_hint_nothing_is_asked(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(post_logout_redirect_uris=(BACK,)), idp.browser()
    hint = idp.tokens(client, browser=browser)["id_token"]

    response = end_session(browser, id_token_hint=hint, post_logout_redirect_uri=BACK, state="s 1")

    assert response.location == f"{BACK}?state=s+1"
    assert idp.authorize(browser, client, Pkce()).location.startswith("/sign-in/")


def test_what_the_session_gave_is_worth_nothing_afterwards(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(), idp.browser()
    tokens, cookie = idp.tokens(client, browser=browser), browser.get_cookie("sso_0")
    assert cookie

    end_session(browser, id_token_hint=tokens["id_token"])

    browser.set_cookie("sso_0", cookie.value)
    assert "/sign-in" in browser.get("/account", base_url=ISSUER).location
    access = {"token": tokens["access_token"]}
    assert idp.post("/introspect", access, auth=client.auth).get_json() == {"active": False}
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert browser.get("/userinfo", headers=bearer, base_url=ISSUER).status_code == 401


def test_without_a_hint_the_person_is_asked(idp: ProviderUnderTest) -> None:
    client, browser = idp.register(post_logout_redirect_uris=(BACK,)), idp.browser()
    idp.tokens(client, browser=browser)

    page = end_session(browser, client_id=client.client_id, post_logout_redirect_uri=BACK)
    assert "Sign out?" in page.text
    assert "Location" not in idp.authorize(browser, client, Pkce(), prompt="none").text

    form = {"csrf_token": csrf(page.text), "client_id": client.client_id, "post_logout_redirect_uri": BACK}
    assert browser.post("/sign-out", data=form, base_url=ISSUER).location == BACK
    assert idp.authorize(browser, client, Pkce()).location.startswith("/sign-in/")


def test_hint_of_another_browser_does_not_sign_this_one_out(idp: ProviderUnderTest) -> None:
    client, alice, bob = idp.register(), idp.browser(), idp.browser()
    hint = idp.tokens(client, browser=alice)["id_token"]
    idp.sign_in(bob, idp.authorize(bob, client, Pkce()).location, "bob")

    assert "Sign out?" in end_session(bob, id_token_hint=hint).text


@pytest.mark.parametrize("uri", ["https://evil.example/", BACK + "/x", ""])
def test_unregistered_address_to_return_to(idp: ProviderUnderTest, uri: str) -> None:
    client, browser = idp.register(post_logout_redirect_uris=(BACK,)), idp.browser()
    hint = idp.tokens(client, browser=browser)["id_token"]

    assert end_session(browser, id_token_hint=hint, post_logout_redirect_uri=uri).location == "/signed-out"


def test_address_of_another_client(idp: ProviderUnderTest) -> None:
    owner, client, browser = idp.register(post_logout_redirect_uris=(BACK,)), idp.register(), idp.browser()
    hint = idp.tokens(client, browser=browser)["id_token"]

    response = end_session(browser, id_token_hint=hint, client_id=owner.client_id, post_logout_redirect_uri=BACK)

    assert "Location" not in response.headers


def test_signing_out_needs_the_forms_token(idp: ProviderUnderTest) -> None:
    browser = idp.browser()
    idp.tokens(idp.register(), browser=browser)

    assert browser.post("/sign-out", base_url=ISSUER).status_code == 400
    assert "code" in idp.authorize(browser, idp.register(), Pkce()).location


class Receiver:
    """A service's back-channel logout endpoint, on a real port."""

    def __init__(self, statuses: list[int]) -> None:
        receiver = self
        self.received: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.received.append(parse_qs(body)["logout_token"][0])
                self.send_response(statuses.pop(0))
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/backchannel-logout"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def test_every_service_of_the_session_is_told(idp: ProviderUnderTest) -> None:
    receiver = Receiver([500, 200])
    try:
        client, browser = idp.register(backchannel_logout_uri=receiver.url), idp.browser()
        tokens = idp.tokens(client, browser=browser)
        idp.tokens(client, browser=browser)

        end_session(browser, id_token_hint=tokens["id_token"])
        worker = build_worker(idp.provider)
        assert worker.run_once() == 1
        idp.clock.forward(10)
        assert worker.run_once() == 1
        assert worker.run_once() == 0
    finally:
        receiver.close()

    keys = KeySet.import_key_set(idp.browser().get("/jwks", base_url=ISSUER).get_json())
    logout = jwt.decode(receiver.received[1], keys, algorithms=["RS256"])
    identity = idp.core.signer.verify(tokens["id_token"], typ="JWT")
    assert logout.header["typ"] == "logout+jwt"
    assert logout.claims["aud"] == client.client_id
    assert (logout.claims["sub"], logout.claims["sid"]) == (identity["sub"], identity["sid"])
    assert logout.claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in logout.claims
    assert logout.claims["iat"] == idp.clock()
