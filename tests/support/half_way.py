"""A sign-in that has come half the way: the password was right, and that is all."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, RegisteredClient, csrf
from tests.support.strong import account_id

ENROLMENT = (
    "/account/security/totp/add",
    "/account/security/recovery-codes",
    "/account/security/passkeys/add",
    "/account/security/push/add",
)
CONFIRM = "/account/security/confirm"


def get(browser: Client, path: str) -> TestResponse:
    return browser.get(path, base_url=ISSUER)


def post(browser: Client, path: str, **fields: str) -> TestResponse:
    """Send a form with a token of this browser, whatever page it comes from."""
    token = csrf(get(browser, "/forgot-password").text)
    return browser.post(path, data={"csrf_token": token, **fields}, base_url=ISSUER)


def begin(
    idp: ProviderUnderTest, browser: Client, client: RegisteredClient, username: str = "alice", **more: Any
) -> str:
    """Prove the password only; return the interaction's address."""
    step = idp.authorize(browser, client, Pkce(), **more)
    address = step.location.partition("?")[0]
    idp.sign_in(browser, address, username)
    return address


def signed_in(browser: Client) -> bool:
    return any(cookie.key.startswith("sso_") and cookie.key != "sso_active" for cookie in browser._cookies.values())


def live_sessions(idp: ProviderUnderTest, username: str) -> int:
    return len(idp.core.accounts.sessions.listing(account_id(idp, username)))


def sid_of(idp: ProviderUnderTest, username: str = "alice") -> str:
    """Return the session that the person used last; empty when they have none."""
    return next((one.sid for one in idp.core.accounts.sessions.listing(account_id(idp, username))), "")


def leads_to_code(response: TestResponse) -> bool:
    """Say whether who wants to add a second factor is asked for a mailed code first."""
    return response.status_code == 303 and urlsplit(response.location).path == CONFIRM
