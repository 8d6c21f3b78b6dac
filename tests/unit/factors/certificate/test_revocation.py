"""Who is asked about revocation, when, and how long what was said is believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from idp.factors.certificate.revocation import Revocation
from idp.notify.outbound import Outbound
from tests.support.client_certificates import CertificateOffice, Held
from tests.support.clock import TurnedClock


@dataclass
class Limits:
    timeout: float = 2.0
    allow_private: bool = True


@pytest.fixture
def office(tmp_path: Path, clock: TurnedClock) -> Iterator[CertificateOffice]:
    with CertificateOffice(tmp_path / "office", clock) as made:
        yield made


@pytest.fixture
def held(office: CertificateOffice) -> Held:
    return office.issue("https://login.example", "a")


@pytest.fixture
def revocation(clock: TurnedClock) -> Revocation:
    return Revocation(Outbound(Limits()), clock, remember=60, when_unchecked="refuse")


def ask(revocation: Revocation, office: CertificateOffice, held: Held) -> str:
    return revocation.of(held.certificate, office.authority.issuing)


def test_good_is_believed_for_a_while(
    revocation: Revocation, office: CertificateOffice, held: Held, clock: TurnedClock
) -> None:
    assert [ask(revocation, office, held) for _ in range(3)] == ["good"] * 3
    assert office.asked == ["ocsp"]
    office.revoke(held)
    clock.forward(60)
    assert ask(revocation, office, held) == "revoked"


def test_revoked_is_believed_as_long_as_it_holds(
    revocation: Revocation, office: CertificateOffice, held: Held, clock: TurnedClock
) -> None:
    office.revoke(held)
    assert ask(revocation, office, held) == "revoked"
    office.answers = set()
    clock.forward(3599)
    assert ask(revocation, office, held) == "revoked"
    clock.forward(1)
    assert ask(revocation, office, held) == "unchecked"


def test_one_list_for_all(revocation: Revocation, office: CertificateOffice, held: Held, clock: TurnedClock) -> None:
    office.answers = {"crl"}
    second = office.issue("https://login.example", "b")
    assert ask(revocation, office, held) == ask(revocation, office, second) == "good"
    assert office.asked == ["ocsp", "crl", "ocsp"]
    office.revoke(second)
    clock.forward(60)
    assert ask(revocation, office, second) == "revoked"


def test_nobody_answers(revocation: Revocation, office: CertificateOffice, held: Held) -> None:
    office.answers = set()
    assert ask(revocation, office, held) == "unchecked"
    assert office.asked == ["ocsp", "crl"]
    office.answers = {"ocsp"}
    assert ask(revocation, office, held) == "good"  # that there was no answer isn't kept
