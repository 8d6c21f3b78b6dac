"""What the authority tells everybody: its certificates, its revocation lists (RFC 5280), and what OCSP asks (RFC 6960, RFC 5019).

Answered before Flask: nobody signs in here and nothing is set, and checking a certificate must not wait for pages. Everything is signed
and the same for all, so caches may keep it.
"""

import base64
import hashlib
import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from wsgiref.handlers import format_date_time

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from clients.certificates import issued
from clients.certificates.issuance import hexadecimal
from clients.sso.db import db
from config.database_errors import RETRY_SECONDS, is_unavailable
from config.parsing import TooLargeError, read_body
from keys.ca import Authority, crl
from keys.ca.ocsp import LARGEST, Responder, Status

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)

OCSP = "/ocsp"
CA = "/ca"
_LISTS = ("root", "issuing")
_RECHECK_SECONDS = 1.0
_LIST_CACHED = 3600
_CERTIFICATE_CACHED = 24 * 3600
Answer = tuple[HTTPStatus, str, bytes, int]
"""Status, content type, content, and for how many seconds it may be kept."""


class Publishing:
    """Answers. `clock` returns seconds since the epoch; `answer_seconds` and `list_seconds` are how long signed things hold."""

    def __init__(
        self, authority: Authority, clock: Callable[[], int], *, answer_seconds: int, list_seconds: int
    ) -> None:
        self._authority = authority
        self._clock = clock
        self._list_seconds = list_seconds
        self._responder = Responder(authority, self._status, clock, answer_seconds)
        self._lists: dict[str, tuple[float, bytes]] = {}
        self._looked_at = float("-inf")
        self._revoked = -1
        self._app: Flask | None = None

    def install(self, app: Flask) -> None:
        """Stand before the app's pages, and see to it that there are lists."""
        self._app = app
        pages: WSGIApplication = app.wsgi_app

        def front(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            path = environ.get("PATH_INFO", "")
            if path != OCSP and not path.startswith((f"{OCSP}/", f"{CA}/")):
                return pages(environ, start_response)
            try:
                answer = self._answer(environ, path)
            except Exception as error:
                if not is_unavailable(error):
                    raise
                _log.exception("the database can't be used")
                answer = HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"", 0
            return _respond(environ, start_response, answer)

        app.wsgi_app = front  # type: ignore[method-assign]
        self.publish()

    def changed(self) -> None:
        """Something was revoked: what was signed before isn't said any more. Other processes see it within a second."""
        self._responder.forget()
        try:
            self.publish()
        except Exception as error:
            # It is revoked all the same; whoever publishes next has it on the list.
            if not is_unavailable(error):
                raise
            _log.exception("the lists can't be signed now")

    def publish(self) -> int:
        """Sign each list anew when something was revoked or half of its time has passed; return how many. Call it again and again.

        Nothing else writes a list: whoever reads one is given what is there.
        """
        signed = sum(self._in_app(partial(self._publish, name)) for name in _LISTS)
        if signed:
            self._lists.clear()
        return signed

    def _publish(self, name: str) -> bool:
        now, revoked, there = self._clock(), issued.count_revoked(), issued.find_list(name)
        if there is not None and there.revoked == revoked and now < there.made_at + self._list_seconds // 2:
            return False
        number = there.number + 1 if there else 1
        with issued.transaction():
            issued.keep_list(name, number, self._signed(name, number, now), now, revoked)
        return True

    def _list(self, name: str) -> bytes:
        """Return the newest list `issuing` or `root`."""
        looked_at, kept = self._lists.get(name, (float("-inf"), b""))
        if time.monotonic() - looked_at < _RECHECK_SECONDS:
            return kept
        there = self._in_app(lambda: issued.find_list(name))
        if there is None:
            raise LookupError(f"no list {name} was published")
        self._lists[name] = (time.monotonic(), there.der)
        return bytes(there.der)

    def _signed(self, name: str, number: int, now: int) -> bytes:
        span = crl.Span(now, now + self._list_seconds)
        if name == "root":
            return crl.root(self._authority, number, span)
        rows = issued.revoked_since(now)
        return crl.issuing(self._authority, (crl.Revoked(int(row.serial, 16), *row[1:]) for row in rows), number, span)

    def _status(self, serial: int) -> Status:
        found = issued.status(hexadecimal(serial))
        if found is None:
            return Status("unknown")
        revoked_at, reason = found
        return Status("revoked", revoked_at, reason) if revoked_at else Status("good")

    def _answer(self, environ: "WSGIEnvironment", path: str) -> Answer:
        method = environ["REQUEST_METHOD"]
        if path == OCSP and method == "POST":
            try:
                return self._ocsp(read_body(environ, LARGEST))
            except TooLargeError:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "text/plain", b"", 0
            except ValueError:
                return HTTPStatus.BAD_REQUEST, "text/plain", b"", 0
        if path == OCSP or method not in {"GET", "HEAD"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"", 0
        if path.startswith(f"{OCSP}/"):
            return self._ocsp(_from_path(path.removeprefix(f"{OCSP}/")))
        return self._file(path.removeprefix(f"{CA}/"))

    def _file(self, name: str) -> Answer:
        if name in {"root.cer", "issuing.cer"}:
            certificate = getattr(self._authority, name.removesuffix(".cer"))
            return HTTPStatus.OK, "application/pkix-cert", certificate.public_bytes(Encoding.DER), _CERTIFICATE_CACHED
        if name in {"root.crl", "issuing.crl"}:
            return HTTPStatus.OK, "application/pkix-crl", self._list(name.removesuffix(".crl")), _LIST_CACHED
        if name == "chain.pem":
            both = (self._authority.issuing, self._authority.root)
            chain = b"".join(one.public_bytes(Encoding.PEM) for one in both)
            return HTTPStatus.OK, "application/x-pem-file", chain, _CERTIFICATE_CACHED
        return HTTPStatus.NOT_FOUND, "text/plain", b"", 0

    def _ocsp(self, sent: bytes) -> Answer:
        if time.monotonic() - self._looked_at >= _RECHECK_SECONDS:
            self._look()
        answer, seconds = self._responder.known(sent) or self._in_app(lambda: self._responder.answer(sent))
        return HTTPStatus.OK, "application/ocsp-response", answer, seconds

    def _look(self) -> None:
        """Drop what was signed when another process has revoked something."""
        revoked = self._in_app(issued.count_revoked)
        if revoked != self._revoked:
            self._responder.forget()
        self._revoked, self._looked_at = revoked, time.monotonic()

    def _in_app(self, action: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the action returns
        if self._app is None:
            raise RuntimeError("not installed")
        with self._app.app_context():
            try:
                return action()
            finally:
                db.session.remove()


def _from_path(text: str) -> bytes:
    """Return the request that stands in an address (RFC 6960 appendix A.1); empty when there is none."""
    try:
        # Servers undo the percent signs; some clients write them twice.
        return base64.b64decode(unquote(text).replace(" ", "+"), validate=True)
    except ValueError:
        return b""


def _respond(environ: "WSGIEnvironment", start_response: "StartResponse", answer: Answer) -> Iterable[bytes]:
    status, kind, content, seconds = answer
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    cached = f"max-age={seconds}, public, no-transform, must-revalidate" if seconds else "no-store"
    headers = [
        ("Content-Type", kind),
        ("Cache-Control", cached),
        ("X-Content-Type-Options", "nosniff"),
        ("ETag", tag),
    ]
    if seconds:
        now = time.time()
        headers += [("Last-Modified", format_date_time(now)), ("Expires", format_date_time(now + seconds))]
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 Not Modified", headers)
            return [b""]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST" if environ["PATH_INFO"] == OCSP else "GET, HEAD"))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", str(RETRY_SECONDS)))
    headers.append(("Content-Length", str(len(content))))
    start_response(f"{status.value} {status.phrase}", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]
