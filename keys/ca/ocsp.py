"""OCSP answers (RFC 6960, RFC 5019), signed by the issuing authority itself. Pure: what is known of a serial number is handed in.

An answer without a nonce holds for hours and is the same for everybody, so it is signed once and kept until half of that has passed or
something was revoked. An answer to a nonce is signed for that one question (RFC 9654).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from config.parsing import PARSER_ERRORS
from keys.ca.authority import Authority
from keys.ca.crl import REASONS

LARGEST = 4096
"""Bytes of a request; one for a single certificate has about a hundred."""
_NONCES = range(1, 129)
_KEPT, _LARGEST_KEPT = 50_000, 256
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a certificate: `unknown` are those that this authority never made."""

    state: Literal["good", "revoked", "unknown"]
    revoked_at: int = 0
    reason: str = ""


Lookup = Callable[[int], Status]


class Responder:
    """Answers. `lookup` is asked with a serial number; `clock` returns seconds, `seconds` is how long an answer holds."""

    def __init__(self, authority: Authority, lookup: Lookup, clock: Callable[[], int], seconds: int) -> None:
        self._authority = authority
        self._lookup = lookup
        self._clock = clock
        self._seconds = seconds
        self._names = _hashes(authority.issuing)
        self._kept: dict[bytes, tuple[int, bytes]] = {}

    def forget(self) -> None:
        """Drop what was signed: something has been revoked."""
        self._kept = {}

    def known(self, sent: bytes) -> tuple[bytes, int] | None:
        """Return the answer that was signed for the same request and still holds; nobody is asked."""
        signed_at, answer = self._kept.get(sent, (0, b""))
        left = signed_at + self._seconds // 2 - self._clock()
        return (answer, left) if answer and left > 0 else None

    def answer(self, sent: bytes) -> tuple[bytes, int]:
        """Return the answer to a request in DER, and for how many seconds it may be kept (0: it is for this question only)."""
        if kept := self.known(sent):
            return kept
        now = self._clock()
        request = _read(sent)
        if request is None:
            return _failed(ocsp.OCSPResponseStatus.MALFORMED_REQUEST), 0
        if not self._is_ours(request):
            # Section 2.3: nothing is said about certificates of others.
            return _failed(ocsp.OCSPResponseStatus.UNAUTHORIZED), 0
        nonce = _nonce(request)
        # Taken before it is looked up: what is revoked from here on drops this very dictionary, and the answer with it.
        kept_now = self._kept
        status = self._lookup(request.serial_number)
        made = self._signed(request, status, nonce, now)
        if nonce is not None:
            return made, 0
        # Of numbers that don't exist, and of ways to write a request, there is no end.
        if status.state != "unknown" and len(sent) <= _LARGEST_KEPT:
            if len(kept_now) >= _KEPT:
                kept_now.clear()
            kept_now[sent] = (now, made)
        return made, self._seconds // 2

    def _is_ours(self, request: ocsp.OCSPRequest) -> bool:
        return self._names.get(request.hash_algorithm.name) == (request.issuer_name_hash, request.issuer_key_hash)

    def _signed(self, request: ocsp.OCSPRequest, status: Status, nonce: x509.OCSPNonce | None, now: int) -> bytes:
        revoked = status.state == "revoked"
        state = {
            "good": ocsp.OCSPCertStatus.GOOD,
            "revoked": ocsp.OCSPCertStatus.REVOKED,
            "unknown": ocsp.OCSPCertStatus.UNKNOWN,
        }[status.state]
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=request.issuer_name_hash,
            issuer_key_hash=request.issuer_key_hash,
            serial_number=request.serial_number,
            algorithm=request.hash_algorithm,
            cert_status=state,
            this_update=_time(now),
            next_update=_time(now + self._seconds),
            revocation_time=_time(status.revoked_at) if revoked else None,
            revocation_reason=REASONS.get(status.reason) if revoked and status.reason != "unspecified" else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self._authority.issuing)
        if nonce is not None:
            builder = builder.add_extension(nonce, critical=False)
        return builder.sign(self._authority.issuing_key, SHA256()).public_bytes(Encoding.DER)


def _read(sent: bytes) -> ocsp.OCSPRequest | None:
    if len(sent) > LARGEST:
        return None
    try:
        request = ocsp.load_der_ocsp_request(sent)
        # Parsed only when they are asked for.
        serial, _, _ = request.serial_number, request.hash_algorithm, request.extensions
    except PARSER_ERRORS:
        # NotImplementedError: about several certificates at once, which RFC 5019 section 2.1.1 leaves out.
        return None
    # No certificate has such a number (RFC 5280 section 4.1.2.2), and no answer can be written about it.
    return request if serial >= 0 else None


def _nonce(request: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    try:
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    return nonce if len(nonce.nonce) in _NONCES else None


def _hashes(issuer: x509.Certificate) -> dict[str, tuple[bytes, bytes]]:
    """Return the digests of the issuer's name and key (section 4.1.1) by the digest that a request may use."""
    name, key = issuer.subject.public_bytes(), issuer.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("the issuing authority's key is of another kind")
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    # SHA-1 names the key here and protects nothing; most clients ask with it.
    return {digest: (made(name).digest(), made(point).digest()) for digest, made in _DIGESTS.items()}


def _failed(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
