"""What an authority says about revocation, pure: OCSP answers (RFC 6960, RFC 5019) and lists (RFC 5280 section 5) are read and verified.

An answer counts when it is about this certificate, signed by its issuer (or by whom the issuer has appointed), and holds now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from config.parsing import PARSER_ERRORS

State = Literal["good", "revoked", "unknown"]
_CLOCKS = timedelta(minutes=5)
_WITHOUT_END = timedelta(hours=1)
"""For so long an answer is believed that doesn't say when the next one is due."""
_STATES: dict[ocsp.OCSPCertStatus, State] = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}


class NoStatementError(Exception):
    """What came says nothing that counts; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What was said of a certificate, and until when that holds (seconds)."""

    state: State
    until: int


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A verified list, and until when it holds (seconds)."""

    content: x509.CertificateRevocationList
    until: int

    def of(self, certificate: x509.Certificate) -> Statement:
        """Return what it says of one of its authority's certificates."""
        found = self.content.get_revoked_certificate_by_serial_number(certificate.serial_number)
        return Statement("good" if found is None else "revoked", self.until)


def responders(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of OCSP responders that the certificate names (RFC 5280 section 4.2.2.1)."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except PARSER_ERRORS:
        return []
    return _addresses(one.access_location for one in found if one.access_method == AuthorityInformationAccessOID.OCSP)


def lists(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of revocation lists that the certificate names (RFC 5280 section 4.2.1.13)."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except PARSER_ERRORS:
        return []
    return _addresses(name for point in found for name in point.full_name or ())


def question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the request to a responder, in DER. SHA-1 only names the issuer here; it is what every responder knows (RFC 5019 section 2.1.1)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def read_answer(sent: bytes, certificate: x509.Certificate, issuer: x509.Certificate, *, now: int) -> Statement:
    """Return what a responder has said. Raises NoStatementError."""
    try:
        answer = ocsp.load_der_ocsp_response(sent)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise NoStatementError(f"the responder says {answer.response_status.name}")
        asked = ocsp.load_der_ocsp_request(question(certificate, issuer))
        about = (answer.serial_number, answer.issuer_key_hash, answer.issuer_name_hash)
        if about != (asked.serial_number, asked.issuer_key_hash, asked.issuer_name_hash):
            raise NoStatementError("the answer is about another certificate")
        _verify(answer, issuer, now)
        until = _until(answer.this_update_utc, answer.next_update_utc, now)
        return Statement(_STATES[answer.certificate_status], until)
    except PARSER_ERRORS as error:
        raise NoStatementError(f"the answer can't be read or verified: {type(error).__name__}") from error


def read_list(sent: bytes, issuer: x509.Certificate, *, now: int) -> RevocationList:
    """Return a list of the issuer's, in DER or PEM. Raises NoStatementError."""
    try:
        is_pem = sent.startswith(b"-----BEGIN")
        content = x509.load_pem_x509_crl(sent) if is_pem else x509.load_der_x509_crl(sent)
        key = issuer.public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise NoStatementError("the issuer's key is of a kind that isn't known here")
        if content.issuer != issuer.subject or not content.is_signature_valid(key):
            raise NoStatementError("the list is somebody else's")
        if unknown := [one.oid.dotted_string for one in content.extensions if one.critical]:
            # Only of some certificates, or only what has changed (RFC 5280 sections 5.2.4 and 5.2.5).
            raise NoStatementError(f"the list is not a whole one: {', '.join(unknown)}")
        return RevocationList(content, _until(content.last_update_utc, content.next_update_utc, now))
    except PARSER_ERRORS as error:
        raise NoStatementError(f"the list can't be read or verified: {type(error).__name__}") from error


def _addresses(names: Iterable[x509.GeneralName]) -> list[str]:
    found = [one.value for one in names if isinstance(one, x509.UniformResourceIdentifier)]
    return [one for one in found if one.startswith(("http://", "https://"))]


def _until(since: datetime, until: datetime | None, now: int) -> int:
    moment = datetime.fromtimestamp(now, UTC)
    end = until or since + _WITHOUT_END
    if since - _CLOCKS > moment or end <= moment:
        raise NoStatementError("it doesn't hold now")
    return int(end.timestamp())


def _verify(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: int) -> None:
    """Section 4.2.2.2: signed by the issuer itself, or by a responder that has a certificate for it from the issuer."""
    for signer in (issuer, *(one for one in answer.certificates if _is_appointed(one, issuer, now))):
        try:
            _verify_signature(signer, answer)
        except InvalidSignature:
            continue
        return
    raise NoStatementError("the answer is signed by somebody else")


def _is_appointed(responder: x509.Certificate, issuer: x509.Certificate, now: int) -> bool:
    moment = datetime.fromtimestamp(now, UTC)
    if not responder.not_valid_before_utc <= moment <= responder.not_valid_after_utc:
        return False
    try:
        responder.verify_directly_issued_by(issuer)
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except PARSER_ERRORS:
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _verify_signature(signer: x509.Certificate, answer: ocsp.OCSPResponse) -> None:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    if algorithm is None or isinstance(algorithm, SHA1):
        raise NoStatementError("the answer is signed with an old algorithm")
    _verify_with(key, answer, algorithm)


def _verify_with(key: object, answer: ocsp.OCSPResponse, algorithm: HashAlgorithm) -> None:
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    else:
        raise NoStatementError("the signer's key is of a kind that isn't known here")
