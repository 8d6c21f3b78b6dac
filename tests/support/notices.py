"""Notices, as a service hands them over."""

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.support.provider import ISSUER, ProviderUnderTest, RegisteredClient

PORTAL = "https://rp.example"
GOOD = {
    "id": "n-1",
    "sub": "nobody",
    "subject": "Your renewal fee is due",
    "link": f"{PORTAL}/messages/1",
    "channels": ["email"],
}


def register(idp: ProviderUnderTest, **changes: Any) -> RegisteredClient:
    grants = ("authorization_code", "refresh_token", "client_credentials")
    scope = "openid profile email offline_access notices:write notices:security notices:relay other:write"
    return idp.register(**{"client_name": "Office Notices", "grant_types": grants, "scope": scope} | changes)


def own_token(idp: ProviderUnderTest, client: RegisteredClient, **form: str) -> str:
    asked = {"scope": "notices:write notices:security notices:relay", "resource": ISSUER} | form
    return idp.token(client, grant_type="client_credentials", **asked).get_json()["access_token"]


def send(idp: ProviderUnderTest, token: str, *notices: dict[str, Any], **changes: Any) -> TestResponse:
    batch = {"notices": list(notices), "inbox": f"{PORTAL}/messages", "settings": f"{PORTAL}/messages/services"}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return idp.browser().post("/api/notices", json=batch | changes, headers=headers, base_url=ISSUER)


def challenge(response: TestResponse) -> dict[str, str]:
    scheme, _, rest = response.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))
