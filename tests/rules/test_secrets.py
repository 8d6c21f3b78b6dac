"""No secret is written down: neither in what the programs log, nor readable in their databases.

Everything that happens here happens over HTTP, to programs of their own; their whole output is searched afterwards.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.support.mail_sink import MailSink
from tests.support.programs import Installation, until
from tests.support.provider import Pkce
from tests.support.visitor import Visitor

PASSWORD = "recognisable-violet-tractor-19"
NEXT_PASSWORD = "recognisable-orange-harvest-23"
WRONG_PASSWORD = "recognisable-but-mistyped-31"
CALLBACK = "http://127.0.0.1:9/callback"
SCOPE = "openid profile email offline_access"


@dataclass
class Said:
    """Every secret that was used, by what it is, and where the programs wrote."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Said]:
    with MailSink() as sink:
        mail = {"HOST": "127.0.0.1", "PORT": str(sink.port), "STARTTLS": "false", "SENDER": "account@example.org"}
        installation = Installation(
            tmp_path_factory.mktemp("said"), **{f"IDP_MAIL__{name}": value for name, value in mail.items()}
        )
        try:
            programs = {name: installation.start(*name.split()) for name in ("idp worker", "clients.dashboard")}
            programs["idp serve"] = installation.serve()
            programs["clients.dashboard"].await_ready(f"http://localhost:{installation.base + 1}/health/ready")
            made = Said(installation.folder / "data")
            _Story(installation, sink, made.secrets).tell()
            made.logs = {name: program.text() for name, program in programs.items()}
            made.logs |= {str(path): path.read_text() for path in made.folder.rglob("*.log")}
            yield made
        finally:
            installation.stop()


class _Story:
    """Somebody signs up, signs in, forgets the password; a service redeems, refreshes, introspects; and a good deal goes wrong."""

    def __init__(self, installation: Installation, sink: MailSink, secrets: dict[str, str]) -> None:
        self.installation = installation
        self.issuer = installation.issuer
        self.sink = sink
        self.secrets = secrets
        self.pkce = Pkce()

    def tell(self) -> None:
        added = self.installation.cli(
            *("clients", "add", "--json", "--name", "App", "--first-party", "--redirect-uri", CALLBACK),
            *("--scope", SCOPE, "--grant", "authorization_code", "--grant", "refresh_token"),
        )
        client = json.loads(added.stdout)
        self.auth = client["client_id"], client["client_secret"]
        self.secrets |= {"password": PASSWORD, "new password": NEXT_PASSWORD, "mistyped password": WRONG_PASSWORD}
        self.secrets |= {"client secret": self.auth[1], "code verifier": self.pkce.verifier}
        with Visitor(stop_at="http://127.0.0.1:9/") as visitor:
            self.sign_up(visitor)
            self.sign_in(visitor)
            self.use_tokens()
            self.recover(visitor)
        with Visitor() as visitor:
            page = visitor.get(f"http://localhost:{self.installation.base + 1}/dashboard")
            visitor.sign_in(page, "nora", NEXT_PASSWORD)
            self.keep_cookies("at the dashboard", visitor)

    def sign_up(self, visitor: Visitor) -> None:
        fields = {"name": "Nora", "username": "nora", "email": "nora@example.org", "country": "CH", "terms": "y"}
        page = visitor.get(f"{self.issuer}/create-account")
        self.secrets["form token"] = visitor.token(page)
        sent = visitor.fill(page, **fields, password=PASSWORD)
        code = until(lambda: self.sink.code("nora@example.org"), "the mail")
        # Six digits alone could be anything: it is looked for as a value.
        self.secrets["confirmation code"] = f'"{code}"'
        self.secrets["confirmation link"] = self.proof()
        visitor.get(f"{self.issuer}/confirm/{self.secrets['confirmation link']}")
        visitor.fill(sent, code=code)

    def sign_in(self, visitor: Visitor) -> None:
        query = {"client_id": self.auth[0], "redirect_uri": CALLBACK, "response_type": "code", "scope": SCOPE}
        query |= {"code_challenge": self.pkce.challenge, "code_challenge_method": "S256"}
        query |= {"state": "recognisable-state", "nonce": "recognisable-nonce"}
        page = visitor.get(f"{self.issuer}/authorize", params=query)
        page = visitor.sign_in(page, "nora", WRONG_PASSWORD)
        # Typed into the wrong field, as happens.
        page = visitor.sign_in(page, WRONG_PASSWORD, WRONG_PASSWORD)
        back = visitor.sign_in(page, "nora", PASSWORD).headers["Location"]
        self.secrets["code"] = dict(pair.split("=", 1) for pair in urlsplit(back).query.split("&"))["code"]
        self.keep_cookies("at the provider", visitor)

    def use_tokens(self) -> None:
        form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": self.secrets["code"]}
        tokens = self.post("/token", form | {"code_verifier": self.pkce.verifier})
        self.secrets["first refresh token"] = tokens["refresh_token"]
        refreshed = self.post("/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
        self.secrets |= {name: refreshed[name] for name in ("access_token", "refresh_token", "id_token")}
        access, secret = refreshed["access_token"], self.auth[1]
        self.post("/introspect", {"token": access})
        bearer = {"Authorization": f"Bearer {access}"}
        assert requests.get(f"{self.issuer}/userinfo", headers=bearer, timeout=5).ok
        # In the wrong places, and twice.
        for method, address, options in (
            ("GET", f"/userinfo?access_token={access}", {}),
            ("GET", f"/token?client_id={self.auth[0]}&client_secret={secret}", {}),
            ("GET", f"/nowhere/{access}", {}),
            ("GET", f"/nowhere/{secret}", {"headers": bearer}),
            ("GET", f"/help?password={PASSWORD}", {}),
            ("POST", "/token", {"data": {"client_id": self.auth[0], "client_secret": secret}, "auth": self.auth}),
            ("POST", "/token", {"data": f"client_secret={quote(secret)}&client_secret={quote(secret)}"}),
            ("POST", "/token", {"json": {"client_secret": secret}}),
            ("GET", "/authorize", {"params": {"code": self.secrets["code"], "id_token_hint": refreshed["id_token"]}}),
            ("GET", "/end-session", {"params": {"id_token_hint": refreshed["id_token"] + "x"}}),
            ("GET", "/health/live", {"headers": {"User-Agent": secret, "Referer": access}}),
        ):
            requests.request(method, self.issuer + address, timeout=5, allow_redirects=False, **options)
        self.post("/revoke", {"token": refreshed["refresh_token"]})

    def recover(self, visitor: Visitor) -> None:
        visitor.fill(visitor.get(f"{self.issuer}/forgot-password"), username="nora")
        until(lambda: "/reset-password/" in self.sink.link("nora@example.org"), "the mail")
        self.secrets["reset link"] = self.proof()
        page = visitor.get(f"{self.issuer}/reset-password/{self.secrets['reset link']}")
        assert visitor.fill(page, password=NEXT_PASSWORD).ok

    def proof(self) -> str:
        return self.sink.link("nora@example.org").rpartition("/")[2]

    def post(self, path: str, form: dict[str, str]) -> Any:
        answer = requests.post(self.issuer + path, form, auth=self.auth, timeout=5)
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}

    def keep_cookies(self, where: str, visitor: Visitor) -> None:
        for cookie in visitor.session.cookies:
            if len(cookie.value or "") > 8:
                self.secrets[f"cookie {cookie.name} {where}"] = str(cookie.value)


def test_the_story_was_told(said: Said) -> None:
    assert len(said.secrets) > 15
    assert all(len(secret) >= 8 for secret in said.secrets.values())
    lines = [json.loads(line) for line in said.logs["idp serve"].splitlines()]
    assert len([line for line in lines if line["logger"] == "access"]) > 25
    assert {"/token", "/userinfo", "/introspect", "/revoke"} <= {line.get("path") for line in lines}


def test_nothing_of_it_is_logged(said: Said) -> None:
    found = [
        (what, log) for what, secret in said.secrets.items() for log, text in said.logs.items() if _parts(secret, text)
    ]
    assert found == []


def test_nobody_s_address_is_logged(said: Said) -> None:
    assert [log for log, text in said.logs.items() if "nora@example.org" in text] == []


def test_a_stolen_database_signs_nobody_in(said: Said) -> None:
    databases = [path for path in said.folder.iterdir() if ".db" in path.name]
    assert {"idp.db", "dashboard.db"} <= {path.name for path in databases}
    found = [
        (what, path.name)
        for path in databases
        for what, secret in said.secrets.items()
        if secret.encode() in path.read_bytes()
    ]
    assert found == []


def test_files_with_secrets_are_the_owner_s_alone(said: Said) -> None:
    private = [*(said.folder / "keys").iterdir(), *(said.folder / "secrets").iterdir()]
    assert private
    assert [path.name for path in private if path.stat().st_mode & 0o077] == []
    assert [path.name for path in (said.folder / "keys", said.folder / "secrets") if path.stat().st_mode & 0o077] == []


def _parts(secret: str, text: str) -> bool:
    """Tell whether the secret, or the half of it that nobody could guess, is in the text."""
    return secret in text or (len(secret) > 40 and secret[-24:] in text)
