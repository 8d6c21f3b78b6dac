"""Revocation lists (RFC 5280 section 5). Pure: which certificates are revoked is handed in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from keys.ca.authority import Authority

Reason = Literal["unspecified", "key_compromise", "affiliation_changed", "superseded", "cessation_of_operation"]
REASONS: dict[str, x509.ReasonFlags] = {
    "unspecified": x509.ReasonFlags.unspecified,
    "key_compromise": x509.ReasonFlags.key_compromise,
    "affiliation_changed": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "cessation_of_operation": x509.ReasonFlags.cessation_of_operation,
}
"""Why a certificate is revoked (section 5.3.1); `unspecified` isn't written into lists, as the section asks."""


class Revoked(NamedTuple):
    """A revoked certificate; `at` is in seconds, `reason` one of REASONS."""

    serial: int
    at: int
    reason: str


class Span(NamedTuple):
    """From when a list holds and when the next one is there at the latest; seconds."""

    now: int
    next: int


def issuing(authority: Authority, revoked: Iterable[Revoked], number: int, span: Span) -> bytes:
    """Return the issuing authority's list in DER; `number` grows with each list (section 5.2.3)."""
    entries = [_entry(one) for one in revoked]
    return _signed(authority.issuing, authority.issuing_key, entries, number, span)


def root(authority: Authority, number: int, span: Span) -> bytes:
    """Return the root's list in DER, which is empty: a revoked issuing authority is the end of this one."""
    return _signed(authority.root, authority.root_key, [], number, span)


def _signed(
    signer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    entries: list[x509.RevokedCertificate],
    number: int,
    span: Span,
) -> bytes:
    builder = x509.CertificateRevocationListBuilder(signer.subject, _time(span.now), _time(span.next), [], entries)
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    builder = builder.add_extension(key_id, critical=False)
    algorithm = SHA256() if isinstance(key.curve, ec.SECP256R1) else SHA384()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)


def _entry(one: Revoked) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder(one.serial, _time(one.at))
    if one.reason in REASONS and one.reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(REASONS[one.reason]), critical=False)
    return builder.build()


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
