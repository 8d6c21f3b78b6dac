"""A provider in the test's own process: real database, real keys, the whole WSGI application, a clock that the test turns."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from werkzeug.test import Client, TestResponse

from config.settings import load_provider
from idp import schema
from idp.accounts.seed import seed_people
from idp.app import Provider, build
from idp.db import Database
from idp.oauth.client import ClientMetadata
from keys import rotation
from tests.support.clock import TurnedClock

ISSUER = "http://localhost:8000"
CALLBACK = "https://rp.example/callback"
PASSWORD = "demo-PASSWORD-1"


def make_provider(folder: Path, clock: TurnedClock, *, database_url: str = "", **environ: str) -> Provider:
    # A proof of work that Python's own loop finds in no time.
    variables = {"PROFILE": "test", "DATA_DIR": str(folder), "IDP_PROOF_OF_WORK__TRIES": "20", **environ}
    if database_url:
        variables["DATABASE_URL"] = database_url
    settings = load_provider(variables)
    if settings.database_url == f"sqlite:///{folder / 'idp.db'}" and not (folder / "idp.db").exists():
        (folder / "idp.db").touch(0o600)
        (folder / "idp.db").write_bytes(_migrated())
    provider = build(settings, clock=clock)
    schema.upgrade(provider.core.database)
    rotation.ensure(provider.core.keys, clock())
    return provider


@cache
def _migrated() -> bytes:
    """Return the file that the migrations make: running them takes a fifth of a second, and a thousand tests begin with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "idp.db"
        database = Database(f"sqlite:///{path}")
        schema.upgrade(database)
        database.close()
        return path.read_bytes()


@dataclass
class RegisteredClient:
    client_id: str
    secret: str | None

    @property
    def auth(self) -> tuple[str, str]:
        return self.client_id, self.secret or ""


@dataclass
class Pkce:
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class ProviderUnderTest:
    """Shortcuts that every protocol test wants; all go through the WSGI door."""

    def __init__(self, provider: Provider, clock: TurnedClock) -> None:
        self.provider = provider
        self.core = provider.core
        self.clock = clock
        seed_people(self.core.accounts, self.core.settings.demo_people)

    def browser(self) -> Client:
        return Client(self.provider)

    def register(self, **changes: Any) -> RegisteredClient:
        defaults: dict[str, Any] = {
            "client_name": "Example service",
            "redirect_uris": (CALLBACK,),
            "grant_types": ("authorization_code", "refresh_token"),
            "scope": "openid profile email offline_access",
            "first_party": True,
        }
        metadata = defaults | changes
        client_id = metadata.pop("client_id", "")
        return RegisteredClient(
            *self.core.registration.add(ClientMetadata(**metadata), actor="test", client_id=client_id)
        )

    def post(self, path: str, data: Any = None, *, auth: tuple[str, str] | None = None, **kwargs: Any) -> TestResponse:
        return self.browser().post(path, data=data, auth=auth, base_url=ISSUER, **kwargs)

    def token(self, client: RegisteredClient, **form: Any) -> TestResponse:
        return self.post("/token", form, auth=client.auth if client.secret else None)

    def authorize(self, browser: Client, client: RegisteredClient, pkce: Pkce, **changes: Any) -> TestResponse:
        query = {
            "client_id": client.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile email",
            "state": "the state",
            "nonce": "the nonce",
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        } | changes
        query = {name: value for name, value in query.items() if value is not None}
        return browser.get("/authorize", query_string=query, base_url=ISSUER)

    def sign_in(
        self, browser: Client, page_url: str, username: str = "alice", password: str = PASSWORD, **more: str
    ) -> TestResponse:
        path = urlsplit(page_url).path
        page = browser.get(path, base_url=ISSUER)
        form = {"username": username, "password": password, "csrf_token": csrf(page.text), **more}
        return browser.post(path, data=form, base_url=ISSUER)

    def code(self, client: RegisteredClient, pkce: Pkce, browser: Client | None = None, **changes: Any) -> str:
        """Walk from the authorization request to a code, signing alice in if need be."""
        browser = browser or self.browser()
        response = self.authorize(browser, client, pkce, **changes)
        if response.location.startswith("/"):
            response = self.sign_in(browser, response.location)
        return answer(response)["code"]

    def tokens(self, client: RegisteredClient, **changes: Any) -> dict[str, Any]:
        pkce = Pkce()
        code = self.code(client, pkce, **changes)
        return self.redeem(client, code, pkce).get_json()

    def redeem(self, client: RegisteredClient, code: str, pkce: Pkce, /, **changes: Any) -> TestResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": pkce.verifier,
        } | changes
        if client.secret is None:
            form["client_id"] = client.client_id
        return self.token(client, **{name: value for name, value in form.items() if value is not None})


def csrf(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, html[:2000]
    return found.group(1)


def answer(response: TestResponse) -> dict[str, str]:
    """Return the parameters of an authorization response, which has to be a redirect to the client."""
    assert response.status_code in {302, 303}, response.text
    assert response.location.startswith(CALLBACK), response.location
    parameters = parse_qs(urlsplit(response.location).query)
    assert all(len(values) == 1 for values in parameters.values())
    return dict(parse_qsl(urlsplit(response.location).query))
