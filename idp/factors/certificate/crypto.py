"""What a certificate has to be, pure: certificate, trusted issuers and time in, its issuer or the reason against it out (RFC 5280)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from config.parsing import PARSER_ERRORS

Refused = Literal[
    "none",
    "malformed",
    "self_signed",
    "other_authority",
    "not_yet_valid",
    "expired",
    "purpose",
    "revoked",
    "unchecked",
    "unknown",
    "other_account",
    "forged",
]
"""Why a certificate proves nothing.

`none`: the browser showed none. `malformed`: it can't be read. `self_signed`, `other_authority`: nobody who is trusted signed it.
`purpose`: it isn't for signing in. `revoked`. `unchecked`: whether it was can't be found out. `unknown`: nobody here has registered it.
`other_account`: somebody else has. `forged`: it came in a header, from where no such header is believed.
"""


class RefusedCertificateError(Exception):
    """Why a certificate proves nothing: `reason` is one of `Refused`."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(reason)
        self.reason: Refused = reason


@dataclass(frozen=True, slots=True)
class Number:
    """What certificates are told apart by (RFC 5280 section 4.1.2.2): never by a name."""

    issuer: str
    """SHA-256 of the issuing certificate's SubjectPublicKeyInfo, in hexadecimal."""
    serial: str
    """In hexadecimal, lower case."""


def number(certificate: x509.Certificate, issuer: x509.Certificate) -> Number:
    """Return a certificate's number."""
    key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Number(hashlib.sha256(key).hexdigest(), f"{certificate.serial_number:x}")


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the whole certificate, in hexadecimal."""
    return certificate.fingerprint(SHA256()).hex()


def check(certificate: x509.Certificate, issuers: Iterable[x509.Certificate], *, now: int) -> x509.Certificate:
    """Return which of the trusted issuers has signed a certificate that is valid now, and for this. Raises RefusedCertificateError."""
    try:
        issuer = _issuer(certificate, issuers)
        if issuer is None:
            own = certificate.issuer == certificate.subject
            raise RefusedCertificateError("self_signed" if own else "other_authority")
        moment = datetime.fromtimestamp(now, UTC)
        # The issuer's end is the end of all that it has signed.
        for one in (certificate, issuer):
            if moment > one.not_valid_after_utc:
                raise RefusedCertificateError("expired")
            if moment < one.not_valid_before_utc:
                raise RefusedCertificateError("not_yet_valid")
        if not _is_for_clients(certificate):
            raise RefusedCertificateError("purpose")
    except PARSER_ERRORS as error:
        raise RefusedCertificateError("malformed") from error
    return issuer


def names(certificate: x509.Certificate, uri: str) -> bool:
    """Tell whether a certificate is an account's: the account's address is the one URI in its subject alternative name."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return found.get_values_for_type(x509.UniformResourceIdentifier) == [uri]
    except PARSER_ERRORS:
        return False


def _issuer(certificate: x509.Certificate, issuers: Iterable[x509.Certificate]) -> x509.Certificate | None:
    for one in issuers:
        if one.subject == certificate.issuer:
            try:
                certificate.verify_directly_issued_by(one)
            except PARSER_ERRORS:
                continue  # another one of the same name
            return one
    return None


def _is_for_clients(certificate: x509.Certificate) -> bool:
    """Whether it is a person's (not an authority's) and made for TLS clients (section 4.2.1.12)."""
    try:
        extensions = certificate.extensions
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    try:
        is_authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage and not is_authority
