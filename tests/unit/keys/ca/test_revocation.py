"""Revocation lists and OCSP answers, read by OpenSSL and by the library."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from keys.ca import Authority, crl
from keys.ca.ocsp import LARGEST, Responder, Status

from .conftest import NOW

Issue = Callable[..., x509.Certificate]
HOUR = 3600
SPAN = crl.Span(NOW, NOW + 24 * HOUR)


def question(
    certificate: x509.Certificate, issuer: x509.Certificate, *, nonce: bytes = b"", sha1: bool = True
) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1() if sha1 else SHA256())
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


class Now:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> int:
        return self.at


def test_a_list(authority: Authority, issue: Issue, tmp_path: Path) -> None:
    one, other = issue(), issue()
    revoked = [
        crl.Revoked(one.serial_number, NOW, "key_compromise"),
        crl.Revoked(other.serial_number, NOW, "unspecified"),
    ]
    made = x509.load_der_x509_crl(crl.issuing(authority, revoked, 7, SPAN))
    key = authority.issuing.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert made.is_signature_valid(key)
    assert made.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 7
    found = made.get_revoked_certificate_by_serial_number(one.serial_number)
    assert found is not None
    assert found.extensions.get_extension_for_class(x509.CRLReason).value.reason == x509.ReasonFlags.key_compromise
    found = made.get_revoked_certificate_by_serial_number(other.serial_number)
    assert found is not None
    assert not list(found.extensions)
    assert made.get_revoked_certificate_by_serial_number(issue().serial_number) is None
    for name, content in (("issuing", made), ("root", x509.load_der_x509_crl(crl.root(authority, 1, SPAN)))):
        (tmp_path / f"{name}.crl").write_bytes(content.public_bytes(Encoding.DER))
        (tmp_path / f"{name}.pem").write_bytes(getattr(authority, name).public_bytes(Encoding.PEM))
        command = ["openssl", "crl", "-inform", "DER", "-in", f"{name}.crl", "-CAfile", f"{name}.pem", "-noout"]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert said.stderr == "verify OK\n"


@pytest.mark.parametrize("sha1", [True, False])
@pytest.mark.parametrize("state", ["good", "revoked", "unknown"])
def test_an_answer(authority: Authority, issue: Issue, state: str, *, sha1: bool) -> None:
    status = Status(state, NOW - HOUR, "key_compromise")  # type: ignore[arg-type]
    certificate = issue()
    responder = Responder(authority, {certificate.serial_number: status}.__getitem__, lambda: NOW, HOUR)
    sent, keep = responder.answer(question(certificate, authority.issuing, sha1=sha1))
    answer = ocsp.load_der_ocsp_response(sent)
    assert answer.response_status == ocsp.OCSPResponseStatus.SUCCESSFUL
    assert answer.certificate_status.name.lower() == state
    assert answer.serial_number == certificate.serial_number
    assert keep == HOUR // 2
    key = authority.issuing.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(SHA256()))


def test_an_answer_is_signed_once_until_something_is_revoked(authority: Authority, issue: Issue) -> None:
    now, known = Now(), {}
    certificate = issue()
    known[certificate.serial_number] = Status("good")
    responder = Responder(authority, known.__getitem__, now, HOUR)
    asked = question(certificate, authority.issuing)
    first, _ = responder.answer(asked)
    now.at += 600
    assert responder.answer(asked) == (first, HOUR // 2 - 600)
    known[certificate.serial_number] = Status("revoked", now.at, "unspecified")
    assert responder.answer(asked)[0] == first
    responder.forget()
    answer = ocsp.load_der_ocsp_response(responder.answer(asked)[0])
    assert answer.certificate_status == ocsp.OCSPCertStatus.REVOKED
    now.at += HOUR
    assert responder.answer(asked)[1] == HOUR // 2


def test_what_is_revoked_while_an_answer_is_signed(authority: Authority, issue: Issue) -> None:
    certificate = issue()
    asked = question(certificate, authority.issuing)

    def lookup(_: int) -> Status:
        # Somebody revokes it between the look and the signature.
        responder.forget()
        return Status("good")

    responder = Responder(authority, lookup, lambda: NOW, HOUR)
    responder.answer(asked)
    assert responder.known(asked) is None


def test_strangers_don_t_fill_the_memory(authority: Authority, issue: Issue) -> None:
    responder = Responder(authority, lambda _: Status("unknown"), lambda: NOW, HOUR)
    asked = question(issue(), authority.issuing)
    responder.answer(asked)
    assert responder.known(asked) is None
    responder = Responder(authority, lambda _: Status("good"), lambda: NOW, HOUR)
    builder = ocsp.OCSPRequestBuilder().add_certificate(issue(), authority.issuing, SHA256())
    long = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x04\x82\x03\xe8" + bytes(1000))
    asked = builder.add_extension(long, critical=False).build().public_bytes(Encoding.DER)
    answer = ocsp.load_der_ocsp_response(responder.answer(asked)[0])
    assert answer.certificate_status == ocsp.OCSPCertStatus.GOOD
    assert responder.known(asked) is None


def test_a_nonce_is_answered_for_itself(authority: Authority, issue: Issue) -> None:
    responder = Responder(authority, lambda _: Status("good"), lambda: NOW, HOUR)
    certificate = issue()
    for nonce in (b"a" * 16, b"b" * 32):
        sent, keep = responder.answer(question(certificate, authority.issuing, nonce=nonce))
        answer = ocsp.load_der_ocsp_response(sent)
        assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
        assert keep == 0


def test_what_is_no_question_of_ours(authority: Authority, issue: Issue) -> None:
    responder = Responder(authority, lambda _: Status("good"), lambda: NOW, HOUR)
    for sent in (b"", b"x", b"0" * (LARGEST + 1), b"\x30\x03\x02\x01\x00"):
        answer = ocsp.load_der_ocsp_response(responder.answer(sent)[0])
        assert answer.response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    certificate = issue()
    serial = certificate.serial_number.to_bytes((certificate.serial_number.bit_length() + 8) // 8)
    below_nothing = question(certificate, authority.issuing).replace(serial, b"\x80" + serial[1:])
    answer = ocsp.load_der_ocsp_response(responder.answer(below_nothing)[0])
    assert answer.response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    other = ocsp.load_der_ocsp_response(responder.answer(question(issue(), authority.root))[0])
    assert other.response_status == ocsp.OCSPResponseStatus.UNAUTHORIZED
