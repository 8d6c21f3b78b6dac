"""Another maker's client, npm's openid-client: it is given the issuer and its registration, and finds out the rest by itself."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from joserfc.jwk import ECKey

from tests.support import node
from tests.support.programs import Installation
from tests.support.visitor import Visitor

FOLDER = Path(__file__).parent / "node"
CALLBACK = "http://127.0.0.1:9/callback"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"
AddClient = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    node.install(FOLDER)


class Client:
    """The script, spoken to line by line."""

    def __init__(self, **asked: Any) -> None:
        self._process = subprocess.Popen(
            node.node(FOLDER / "client.mjs"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.answer = self.tell(**asked)

    def tell(self, **message: Any) -> dict[str, Any]:
        process = self._process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, process.stderr.read()
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.communicate()


def assertion_key(folder: Path) -> tuple[ECKey, Path]:
    key = ECKey.generate_key("P-256", auto_kid=True)
    public = folder / "jwks.json"
    public.write_text(json.dumps({"keys": [key.as_dict(private=False) | {"alg": "ES256", "use": "sig"}]}))
    return key, public


@pytest.mark.parametrize(
    ("method", "alg"),
    [
        ("client_secret_basic", "RS256"),
        ("client_secret_post", "ES256"),
        ("private_key_jwt", "RS256"),
        ("none", "ES256"),
    ],
)
def test_a_sign_in(
    installation: Installation, add_web_client: AddClient, tmp_path: Path, method: str, alg: str
) -> None:
    options: list[str | Path] = ["--public"] if method == "none" else ["--auth-method", method]
    asked: dict[str, Any] = {"method": method}
    if method == "private_key_jwt":
        key, public = assertion_key(tmp_path)
        options += ["--jwks", public]
        asked["key"] = key.as_dict(private=True)
    registered = add_web_client(f"Other maker's {method}", "--id-token-alg", alg, *options)
    assert ("client_secret" in registered) == method.startswith("client_secret")
    asked |= {
        "issuer": installation.issuer,
        "client_id": registered["client_id"],
        "secret": registered.get("client_secret"),
        "id_token_alg": alg,
        "redirect_uri": CALLBACK,
        "post_logout_redirect_uri": SIGNED_OUT,
        "scope": "openid profile email offline_access",
    }
    with Client(**asked) as client, Visitor(stop_at="http://127.0.0.1:9/") as visitor:
        consent = visitor.sign_in(visitor.get(client.answer["url"]))
        back = visitor.fill(consent, decision="allow").headers["Location"]
        result = client.tell(callback=back)
        out = visitor.get(result["endSession"])

    assert result["claims"]["iss"] == installation.issuer
    assert result["claims"]["aud"] in (registered["client_id"], [registered["client_id"]])
    assert result["userinfo"]["email"] == "alice@example.org"
    assert result["userinfo"]["email_verified"] is True
    assert result["userinfo"]["sub"] == result["claims"]["sub"] == result["refreshed"]["claims"]["sub"]
    assert result["refreshed"]["claims"]["auth_time"] == result["claims"]["auth_time"]
    assert result["refreshed"]["refresh_token"] != result["tokens"]["refresh_token"]
    assert result["again"] == result["afterRevocation"] == "invalid_grant"
    if method != "none":
        assert result["introspection"]["active"] is True
        assert result["introspection"]["client_id"] == registered["client_id"]
    assert out.headers["Location"].startswith(f"{SIGNED_OUT}?state=")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_client_credentials(installation: Installation, add_client: AddClient, tmp_path: Path, method: str) -> None:
    key, public = assertion_key(tmp_path)
    options = ["--jwks", public] if method == "private_key_jwt" else []
    api = "https://api.example.org/reports"
    registered = add_client(
        *("--name", "Nightly job", "--grant", "client_credentials", "--scope", "reports:read"),
        *("--audience", api, "--auth-method", method, *options),
    )
    asked = {
        "issuer": installation.issuer,
        "client_id": registered["client_id"],
        "secret": registered.get("client_secret"),
        "key": key.as_dict(private=True),
        "method": method,
        "grant": "client_credentials",
        "parameters": {"scope": "reports:read", "resource": api},
    }
    with Client(**asked) as client:
        assert client.answer["introspection"]["active"] is True
        assert client.answer["introspection"]["scope"] == "reports:read"
        assert client.answer["introspection"]["aud"] in (api, [api])
        assert "refresh_token" not in client.answer["tokens"]
