"""The endpoints that programs call, as a WSGI application of their own in front of Flask: no session, no CSRF, no template.

Flask, Werkzeug's request and its context cost as much as everything else in such a request together; without them these endpoints
answer two to four times as many. Each handler is a few lines: guard, act, answer.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

from config.database_errors import is_unavailable
from idp.oauth.endpoints import metadata
from idp.oauth.endpoints.introspection import introspect
from idp.oauth.endpoints.revocation import revoke
from idp.oauth.endpoints.userinfo import userinfo
from idp.oauth.errors import InvalidClientError, OAuth2Error, TemporarilyUnavailableError
from idp.oauth.parts import Answer
from idp.oauth.request import ProtocolRequest
from idp.oauth.request_guard import read_request
from idp.oauth.server import GRANTS, AuthorizationServer, WireAnswer

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Observer(Protocol):
    """Told of every answer: for metrics and the access log. Must be quick."""

    def begin(self, offered: str | None) -> str:
        """Give the request its identifier."""
        ...

    def answered(self, request_id: str, method: str, path: str, status: int, began: float) -> None:
        """Note an answer; `began` is `time.perf_counter()`'s."""
        ...

    def token(self, grant: str, outcome: str) -> None:
        """Note what became of a token request: `success`, or the error's code."""
        ...


log = logging.getLogger(__name__)

_STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_DOCUMENT_MAX_AGE = 300
_GRANT_TYPES = {str(grant.GRANT_TYPE) for grant in GRANTS}
_KEPT_TAGS = 8  # the discovery document and the last few key sets
# No cookie is read here, so a browser application of any origin may call (Fetch standard, CORS protocol).
_EVERY_ANSWER = [("Access-Control-Allow-Origin", "*"), ("X-Content-Type-Options", "nosniff")]
_SERVER_ERROR = b'{"error":"server_error"}'


class Machine:
    """Answers the machine endpoints; `paths` says which they are."""

    def __init__(self, server: AuthorizationServer, jwks: Callable[[], bytes], observer: Observer) -> None:
        self._server = server
        self._jwks = jwks
        self._observer = observer
        self._discovery = metadata.document(server.parts.settings)
        self._tagged: dict[bytes, str] = {}
        self.paths: dict[str, Callable[[Environ], WireAnswer]] = {
            "/token": self._token,
            "/introspect": lambda environ: self._act(introspect, environ),
            "/revoke": lambda environ: self._act(revoke, environ),
            "/userinfo": self._userinfo,
            "/jwks": lambda environ: self._document(environ, self._jwks(), "application/jwk-set+json"),
            "/.well-known/openid-configuration": lambda environ: self._document(environ, self._discovery),
            "/.well-known/oauth-authorization-server": lambda environ: self._document(environ, self._discovery),
        }

    def publish(self, path: str, document: bytes) -> None:
        """Answer a path with a document that is the same for everybody."""
        self.paths[path] = lambda environ: self._document(environ, document)

    def route(self, path: str) -> str:
        """Return which of `paths` a path belongs to, empty for none; one that ends in a slash stands for all that lies right below it."""
        if path in self.paths:
            return path
        above = path.rpartition("/")[0] + "/"
        return above if len(above) > 1 and above in self.paths else ""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one of `paths`."""
        began = time.perf_counter()
        request_id = self._observer.begin(environ.get("HTTP_X_REQUEST_ID"))
        path, method = self.route(environ["PATH_INFO"]), environ["REQUEST_METHOD"]
        if method == "OPTIONS":
            status, body, headers = self._preflight()
        else:
            try:
                status, body, headers = self.paths[path](environ)
            except OAuth2Error as error:
                if isinstance(error, InvalidClientError):
                    log.info("client authentication failed: %s", error.detail)
                status, body, headers = self._server.handle_error_response(None, error)
            except Exception as error:
                # The one place where a defect ends: the caller learns nothing of it, the log all but the request's content.
                log.exception("a machine endpoint failed")
                status, body, headers = self._failed(error)
        self._observer.answered(request_id, method, path, status, began)
        start_response(
            _STATUS[status],
            [*headers, *_EVERY_ANSWER, ("X-Request-Id", request_id), ("Content-Length", str(len(body)))],
        )
        return (body,)

    def _failed(self, error: Exception) -> WireAnswer:
        if is_unavailable(error):
            return self._server.handle_error_response(None, TemporarilyUnavailableError())
        return 500, _SERVER_ERROR, [("Content-Type", "application/json")]

    def _token(self, environ: Environ) -> WireAnswer:
        request = read_request(environ, methods=("POST",))
        grant = request.payload.grant_type
        grant = grant if grant in _GRANT_TYPES else "unknown"
        try:
            answer = self._server.create_token_response(request)
        except OAuth2Error as error:
            self._observer.token(grant, error.error)
            raise
        self._observer.token(grant, "success")
        return answer

    def _userinfo(self, environ: Environ) -> WireAnswer:
        request = read_request(environ, methods=("GET", "POST"), body_optional=True)
        return self._server.handle_response(*userinfo(self._server.parts, request))

    def _act(self, endpoint: Callable[[Any, ProtocolRequest], Answer], environ: Environ) -> WireAnswer:
        return self._server.handle_response(*endpoint(self._server.parts, read_request(environ, methods=("POST",))))

    def _document(self, environ: Environ, body: bytes, content_type: str = "application/json") -> WireAnswer:
        """Ready bytes with an ETag (RFC 9110 section 8.8.3)."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            read_request(environ, methods=("GET", "HEAD"))
        etag = self._tagged.get(body)
        if etag is None:
            if len(self._tagged) >= _KEPT_TAGS:
                self._tagged.clear()
            etag = self._tagged[body] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = [
            ("Content-Type", content_type),
            ("Cache-Control", f"public, max-age={_DOCUMENT_MAX_AGE}"),
            ("ETag", etag),
        ]
        if environ.get("HTTP_IF_NONE_MATCH") == etag:
            return 304, b"", headers
        return 200, b"" if environ["REQUEST_METHOD"] == "HEAD" else body, headers

    def _preflight(self) -> WireAnswer:
        """A browser application asks whether it may call (Fetch standard): these endpoints take no cookie, so any origin may."""
        return (
            204,
            b"",
            [
                ("Access-Control-Allow-Methods", "GET, POST"),
                ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
                ("Access-Control-Max-Age", "86400"),
            ],
        )
