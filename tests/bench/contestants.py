"""The two servers, set up alike: one client with a secret, the same people and password, the same scope, and an API to ask for."""

import json
import os
import subprocess
import sys
from pathlib import Path

from config.settings import load_provider
from tests.bench import node
from tests.bench.server import Server
from tests.support.ports import free_port_base

PASSWORD = "demo-PASSWORD-1"
CALLBACK = "http://localhost:1/callback"  # nobody listens: the load generator reads the redirect
RESOURCE = "https://api.bench.example"
API_SCOPE = "bench:read"
SCOPE = "openid profile email offline_access"
GRANTS = ("authorization_code", "refresh_token", "client_credentials")
PEER_FOLDER = Path(__file__).parent / "peer"


class Provider(Server):
    """This provider: one worker, the demo profile, because the test profile hashes passwords cheaply."""

    name = "IP Account"
    ready_path = "/health/ready"

    def __init__(self, folder: Path) -> None:
        self.port = free_port_base()
        self.environ = {
            "PROFILE": "demo",
            "PORT_BASE": str(self.port),
            "DATA_DIR": str(folder),
            "IDP_WORKERS": "1",
            "ISSUER": f"http://localhost:{self.port}",
        }
        self.command = [sys.executable, "-m", "idp", "serve"]
        self._settings = load_provider({**os.environ, **self.environ})
        paths = {
            "authorize": "/authorize",
            "token": "/token",
            "introspection": "/introspect",
            "userinfo": "/userinfo",
        }
        self.target = _target(self.port, [one["username"] for one in self.people], paths)

    @property
    def people(self) -> list[dict[str, str]]:
        # Who needs two factors at every sign-in can't be compared with the peer's people.
        always = set(self._settings.strong.roles)
        people = [one for one in self._settings.demo_people if not always & set(one.roles)]
        return [{"username": one.username, "name": one.name, "email": one.email} for one in people]

    def register_client(self) -> None:
        """Register the client, with the command that an administrator has."""
        options = ["--name", "Benchmark", "--redirect-uri", CALLBACK, "--audience", RESOURCE, "--first-party", "--json"]
        options += [word for grant in GRANTS for word in ("--grant", grant)]
        options += ["--scope", f"{SCOPE} {API_SCOPE}"]
        answer = subprocess.run(
            [sys.executable, "-m", "idp", "clients", "add", *options],
            env={**os.environ, **self.environ},
            check=True,
            capture_output=True,
        )
        registered = json.loads(answer.stdout)
        self.target |= {"clientId": registered["client_id"], "clientSecret": registered["client_secret"]}


class Peer(Server):
    """node oidc-provider on SQLite."""

    ready_path = "/.well-known/openid-configuration"

    def __init__(self, folder: Path, people: list[dict[str, str]]) -> None:
        node.install(PEER_FOLDER)
        lock = json.loads((PEER_FOLDER / "package-lock.json").read_bytes())
        self.version = lock["packages"]["node_modules/oidc-provider"]["version"]
        self.name = f"node oidc-provider {self.version}"
        folder.mkdir(parents=True)
        self.port = free_port_base()
        client = {
            "client_id": "bench",
            "client_secret": "a-secret-of-forty-three-characters-0123456789",
            "redirect_uris": [CALLBACK],
            "grant_types": list(GRANTS),
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "id_token_signed_response_alg": "RS256",
            "scope": SCOPE,
        }
        options = {
            "port": self.port,
            "folder": str(folder),
            "client": client,
            "resource": RESOURCE,
            "scope": API_SCOPE,
            "people": people,
            "password": PASSWORD,
        }
        self.environ = {"NODE_ENV": "production"}
        self.command = [str(node.NODE), str(PEER_FOLDER / "server.mjs"), json.dumps(options)]
        paths = {
            "authorize": "/auth",
            "token": "/token",
            "introspection": "/token/introspection",
            "userinfo": "/me",
        }
        self.target = _target(self.port, [one["username"] for one in people], paths)
        self.target |= {"clientId": client["client_id"], "clientSecret": client["client_secret"]}


def _target(port: int, usernames: list[str], paths: dict[str, str]) -> dict[str, object]:
    return {
        "port": port,
        "issuer": f"http://localhost:{port}",
        "paths": paths,
        "callback": CALLBACK,
        "scope": SCOPE,
        "apiScope": API_SCOPE,
        "resource": RESOURCE,
        "people": usernames,
        "password": PASSWORD,
    }
