"""What an authority says about revocation counts only when it is its own, about this certificate, and holds now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.factors.certificate import statements
from idp.factors.certificate.statements import NoStatementError
from keys.ca import crl, ocsp
from tests.support.client_certificates import CertificateOffice
from tests.support.clock import TurnedClock

ISSUER = "https://login.example"


@pytest.fixture
def office(tmp_path: Path, clock: TurnedClock) -> Iterator[CertificateOffice]:
    with CertificateOffice(tmp_path / "office", clock) as made:
        yield made


@pytest.fixture
def other(tmp_path: Path, clock: TurnedClock) -> Iterator[CertificateOffice]:
    with CertificateOffice(tmp_path / "other", clock) as made:
        yield made


def answer(office: CertificateOffice, asked: bytes) -> bytes:
    return ocsp.Responder(office.authority, office._status, office.clock, 600).answer(asked)[0]


def test_addresses(office: CertificateOffice) -> None:
    certificate = office.issue(ISSUER, "a").certificate
    base = office.authority.addresses.base
    assert statements.responders(certificate) == [f"{base}/ocsp"]
    assert statements.lists(certificate) == [f"{base}/ca/issuing.crl"]
    assert statements.responders(office.authority.root) == statements.lists(office.authority.root) == []


def test_an_answer(office: CertificateOffice, clock: TurnedClock) -> None:
    held, issuer = office.issue(ISSUER, "a"), office.authority.issuing
    asked = statements.question(held.certificate, issuer)
    said = statements.read_answer(answer(office, asked), held.certificate, issuer, now=clock())
    assert (said.state, said.until) == ("good", clock() + 600)
    office.revoke(held)
    said = statements.read_answer(answer(office, asked), held.certificate, issuer, now=clock())
    assert said.state == "revoked"


def test_answers_that_say_nothing(office: CertificateOffice, other: CertificateOffice, clock: TurnedClock) -> None:
    held, issuer = office.issue(ISSUER, "a"), office.authority.issuing
    asked = statements.question(held.certificate, issuer)
    good = answer(office, asked)
    second = statements.question(office.issue(ISSUER, "a").certificate, issuer)
    foreign = other.issue(ISSUER, "a").certificate
    for sent, now, said in (
        (answer(office, second), clock(), "another certificate"),
        (good[:-1] + bytes([good[-1] ^ 1]), clock(), "somebody else|read or verified"),
        (good, clock() + 600, "hold now"),
        (good, clock() - 301, "hold now"),
        (b"<html>", clock(), "read or verified"),
        (answer(office, b"?"), clock(), "MALFORMED_REQUEST"),
        (answer(office, statements.question(foreign, other.authority.issuing)), clock(), "UNAUTHORIZED"),
    ):
        with pytest.raises(NoStatementError, match=said):
            statements.read_answer(sent, held.certificate, issuer, now=now)


def test_an_answer_of_the_same_name_by_another_key(
    office: CertificateOffice, other: CertificateOffice, clock: TurnedClock
) -> None:
    held = office.issue(ISSUER, "a").certificate
    forged = statements.question(held, office.authority.issuing)
    # What an impostor would sign: about our certificate, with a key of their own.
    responder = ocsp.Responder(other.authority, other._status, clock, 600)
    responder._names = ocsp._hashes(office.authority.issuing)
    with pytest.raises(NoStatementError, match="somebody else"):
        statements.read_answer(responder.answer(forged)[0], held, office.authority.issuing, now=clock())


def test_lists(office: CertificateOffice, other: CertificateOffice, clock: TurnedClock) -> None:
    held, issuer, span = office.issue(ISSUER, "a"), office.authority.issuing, crl.Span(clock(), clock() + 600)
    empty = crl.issuing(office.authority, [], 1, span)
    assert statements.read_list(empty, issuer, now=clock()).of(held.certificate).state == "good"
    full = crl.issuing(office.authority, [crl.Revoked(held.certificate.serial_number, clock(), "superseded")], 2, span)
    found = statements.read_list(full, issuer, now=clock())
    assert (found.of(held.certificate).state, found.until) == ("revoked", clock() + 600)
    for sent, now, said in (
        (crl.issuing(other.authority, [], 1, span), clock(), "somebody else"),
        (crl.root(office.authority, 1, span), clock(), "somebody else"),
        (empty, clock() + 600, "hold now"),
        (empty, clock() - 301, "hold now"),
        (b"-----BEGIN X509 CRL-----", clock(), "read or verified"),
        (b"", clock(), "read or verified"),
    ):
        with pytest.raises(NoStatementError, match=said):
            statements.read_list(sent, issuer, now=now)
