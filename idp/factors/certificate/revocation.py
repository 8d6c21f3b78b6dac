"""Whether a certificate was revoked: its authority is asked by OCSP, and where that gives no answer, for its list.

What was said is kept for a while. "Revoked" is kept as long as it holds; "good" only for as long as the settings say.
"""

import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Literal, Protocol

from cryptography import x509

from idp.clock import Clock
from idp.factors.certificate import statements
from idp.factors.certificate.crypto import RefusedCertificateError, number
from idp.factors.certificate.statements import NoStatementError, RevocationList, Statement
from idp.notify.outbound import Answer, OutboundError

Found = Literal["good", "revoked", "unknown", "unchecked"]
"""`unknown`: the authority says that it never made it. `unchecked`: nobody has said anything that counts."""

_log = logging.getLogger(__name__)
_LARGEST_LIST = 32 * 1024 * 1024
_LARGEST_ANSWER = 64 * 1024
_KEPT = 10_000
_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


class Caller(Protocol):
    """`idp.notify.outbound.Outbound`."""

    def get(self, url: str, *, accept: str = ..., limit: int = ...) -> Answer: ...  # noqa: D102
    def post(self, url: str, body: bytes, headers: dict[str, str], *, limit: int = ...) -> Answer: ...  # noqa: D102


class Revocation:
    """Asks. Threads may share it. `remember`: seconds for which "good" is believed. `when_unchecked`: `refuse` or `allow`."""

    def __init__(self, caller: Caller, clock: Clock, *, remember: int, when_unchecked: str) -> None:
        self._caller = caller
        self._clock = clock
        self._remember = remember
        self._closed = when_unchecked == "refuse"
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str], Statement] = {}
        self._lists: dict[str, RevocationList] = {}

    def check(
        self, certificate: x509.Certificate, issuer: x509.Certificate, *, fresh: bool = False
    ) -> Literal["good", "unchecked"]:
        """Return what is known of one that counts; raises RefusedCertificateError: `revoked`, `unknown`, and `unchecked` where that is refused."""
        found = self.of(certificate, issuer, fresh=fresh)
        if found == "good" or (found == "unchecked" and not self._closed):
            return found
        raise RefusedCertificateError(found)

    def of(self, certificate: x509.Certificate, issuer: x509.Certificate, *, fresh: bool = False) -> Found:
        """Return what is known of a certificate that `issuer` has signed; when it has to be `fresh`, "good" is neither remembered nor kept."""
        found = number(certificate, issuer)
        key, now = (found.issuer, found.serial), self._clock()
        known = self._said.get(key)
        if known is not None and now < known.until and not fresh:
            return known.state
        for asked in (self._ask_responder, self._ask_list):
            if statement := asked(certificate, issuer):
                if not fresh:
                    self._keep(key, statement, now)
                return statement.state
        return "unchecked"

    def _keep(self, key: tuple[str, str], said: Statement, now: int) -> None:
        until = said.until if said.state == "revoked" else min(said.until, now + self._remember)
        with self._lock:
            if len(self._said) >= _KEPT:
                self._said = {}
            self._said[key] = Statement(said.state, until)

    def _ask_responder(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | None:
        asked = statements.question(certificate, issuer)

        def ask(address: str) -> Statement:
            body = self._body(self._caller.post(address, asked, _HEADERS, limit=_LARGEST_ANSWER))
            return statements.read_answer(body, certificate, issuer, now=self._clock())

        return _first(statements.responders(certificate), ask)

    def _ask_list(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | None:
        def ask(address: str) -> Statement:
            key = f"{number(certificate, issuer).issuer} {address}"
            held = self._lists.get(key)
            now = self._clock()
            if held is None or held.until <= now:
                body = self._body(self._caller.get(address, accept="application/pkix-crl", limit=_LARGEST_LIST))
                held = statements.read_list(body, issuer, now=now)
                # A new list comes out as soon as something is revoked: this one is believed no longer than an answer.
                kept = RevocationList(held.content, min(held.until, now + self._remember))
                with self._lock:
                    self._lists[key] = kept
            return held.of(certificate)

        return _first(statements.lists(certificate), ask)

    def _body(self, answer: Answer) -> bytes:
        if answer.status != HTTPStatus.OK:
            raise NoStatementError(f"the address answers {answer.status}")
        return answer.body


def _first(addresses: list[str], ask: Callable[[str], Statement]) -> Statement | None:
    for address in addresses[:2]:
        try:
            return ask(address)
        except (OutboundError, NoStatementError) as error:
            _log.warning("revocation can't be asked at %s: %s", address, error)
    return None
