"""A provider double on loopback: discovery, keys, token and userinfo endpoints, with a switch for everything that can go wrong."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from werkzeug.test import TestResponse

ALICE = {"sub": "alice-1", "sid": "s-1"}
PROFILE = {"sub": "alice-1", "name": "Alice Moreau", "preferred_username": "alice", "email": "alice@example.org"}


class ProviderDouble:
    """Answers as it is told; `requests` are the token requests that came in."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", auto_kid=True)
        self.published = [self.key]
        self.metadata: dict[str, Any] = {}
        self.id_claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = dict(PROFILE)
        self.token_error: dict[str, str] | None = None
        self.codes: dict[str, str] = {}
        self.refresh_token = ""
        self.requests: list[dict[str, str]] = []
        self.fetched: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://localhost:{self.server.server_port}"
        self.now: Callable[[], float] = lambda: 0.0

    def sign(self, claims: dict[str, Any], typ: str = "JWT", key: ECKey | None = None) -> str:
        key = key or self.key
        return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": typ}, claims, key)

    def approve(self, departure: TestResponse) -> str:
        """Act as the person who signs in: return the address that the browser is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(departure.location).query).items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = query["nonce"]
        return f"/callback?code={code}&state={query['state']}&iss={self.issuer}"

    def answer(self, path: str, body: str, headers: Any) -> tuple[int, object]:
        self.fetched.append(path)
        match path:
            case "/.well-known/openid-configuration":
                return 200, {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "end_session_endpoint": f"{self.issuer}/end_session",
                    "jwks_uri": f"{self.issuer}/jwks",
                    "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                    "authorization_response_iss_parameter_supported": True,
                    **self.metadata,
                }
            case "/jwks":
                return 200, KeySet(list(self.published)).as_dict(private=False)
            case "/userinfo":
                return 200, self.userinfo
            case "/token":
                return self.token(body, headers)
        return 404, {}

    def token(self, body: str, headers: Any) -> tuple[int, object]:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        user = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        self.requests.append(form | {"authorization": user})
        if form["grant_type"] == "refresh_token":
            return self.refreshed(form)
        if self.token_error or form["code"] not in self.codes:
            return 400, self.token_error or {"error": "invalid_grant"}
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": "dashboard",
            "iat": now,
            "exp": now + 300,
            "nonce": self.codes.pop(form["code"]),
            **ALICE,
            **self.id_claims,
        }
        id_token = self.sign({name: value for name, value in claims.items() if value is not None})
        self.refresh_token = secrets.token_urlsafe(8)
        tokens = {"access_token": "at", "refresh_token": self.refresh_token, "id_token": id_token}
        return 200, {"token_type": "Bearer", "expires_in": 300, **tokens}

    def refreshed(self, form: dict[str, str]) -> tuple[int, object]:
        """Rotate; a refresh token that was used already, or never given, ends the access."""
        if self.token_error:
            return 400, self.token_error
        if form["refresh_token"] != self.refresh_token:
            self.refresh_token = ""
            return 400, {"error": "invalid_grant"}
        self.refresh_token = secrets.token_urlsafe(8)
        token = f"{form['resource']} {form['scope']} {len(self.requests)}"
        return 200, {
            "access_token": token,
            "refresh_token": self.refresh_token,
            "token_type": "Bearer",
            "expires_in": 300,
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content = double.answer(self.path, self._body(), self.headers)
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def _body(self) -> str:
                return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

            def log_message(self, *_: object) -> None: ...

        return Handler


class Clock:
    """Real time, that a test can move."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


@contextmanager
def provider_double(
    clock: Callable[[], float], make: Callable[[], ProviderDouble] = ProviderDouble
) -> Iterator[ProviderDouble]:
    """Run a double."""
    double = make()
    double.now = clock
    thread = threading.Thread(target=double.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.server.shutdown()
        double.server.server_close()
        thread.join()
