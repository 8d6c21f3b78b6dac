"""Requests for certificates and what others are told, on both engines: of those who come at once one wins, and nothing is lost or done twice."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from clients.certificates import issued, requested, sendings, trail
from clients.certificates.app import create
from clients.certificates.codes import Codes
from clients.certificates.enrolments import DecidedError, Enrolments, NotNowError, OpenAlreadyError
from clients.certificates.models import Certificate
from clients.certificates.sendings import Claimed
from clients.certificates.trail import Who
from clients.sso.db import db
from clients.sso.guard import Visitor
from config.settings import load_relying_party

RACERS = 8
NOW = 1_900_000_000
ALICE, OLGA = Who("alice", "192.0.2.1"), Who("olga", "192.0.2.2", "Olga")
PERSON = Visitor("alice", "Alice Moreau", "alice", "alice@example.org", "en")
Together = Callable[[Callable[[int], object]], list[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["CERTIFICATES_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("certificates", environ))
    with app.test_request_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def enrolments(app: Flask) -> Enrolments:
    issuance = app.extensions["certificates"]
    issuance._clock = lambda: NOW
    where = {"issuer": "http://localhost:8000", "base_url": "http://localhost:8003"}
    return Enrolments(issuance, Codes("secret"), lambda: NOW, pick_up_seconds=3600, **where)


@pytest.fixture
def together(app: Flask) -> Together:
    """Do something many times at once; returns what came of each, errors by their names."""

    def run(act: Callable[[int], object]) -> list[str]:
        ready = threading.Barrier(RACERS)

        def one(number: int) -> str:
            with app.test_request_context():
                ready.wait(10)
                try:
                    return str(act(number))
                except (OpenAlreadyError, DecidedError) as error:
                    return type(error).__name__
                except NotNowError as error:
                    return error.why

        with ThreadPoolExecutor(RACERS) as pool:
            return sorted(pool.map(one, range(RACERS)))

    return run


def csr() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    return made.public_bytes(Encoding.DER)


def claim(now: int, until: int) -> Sequence[Claimed]:
    return sendings.claim("remove", now, until, most=5)


def told() -> list[str]:
    """Return the kinds of what waits to be told."""
    return [one.kind for kind in sendings.KINDS for one in sendings.claim(kind, NOW, NOW + 60, most=9)]


def ask(enrolments: Enrolments) -> tuple[str, str]:
    enrolment, code = enrolments.ask(ALICE, PERSON, csr(), "For my work", "Firefox · Linux")
    return enrolment.id, code


def test_one_open_request(enrolments: Enrolments, together: Together) -> None:
    came = together(lambda _: bool(ask(enrolments)))
    assert came == ["OpenAlreadyError"] * (RACERS - 1) + ["True"]
    (mine,) = enrolments.of_person("alice")
    assert enrolments.withdraw(ALICE, mine.id)
    assert ask(enrolments)


def test_one_decision(enrolments: Enrolments, together: Together) -> None:
    enrolment_id, _ = ask(enrolments)
    came = together(lambda n: enrolments.decide(OLGA, enrolment_id, approve=n % 2 == 0, answer="no").state)
    assert came[: RACERS - 1] == ["DecidedError"] * (RACERS - 1)
    assert came[-1] == enrolments.any(enrolment_id).state
    assert told() == ["message", "notice"]
    assert [one.action for one in trail.of_person("alice")][1:] == ["ask"]


def test_taken_back_or_approved(enrolments: Enrolments, together: Together) -> None:
    enrolment_id, _ = ask(enrolments)

    def act(number: int) -> object:
        if number % 2:
            return enrolments.withdraw(ALICE, enrolment_id)
        return enrolments.decide(OLGA, enrolment_id, approve=True).state

    came = together(act)
    # Approved and then taken back, or only taken back: never the other way round.
    assert came.count("True") == 1
    assert enrolments.any(enrolment_id).state == "withdrawn"
    assert came.count("DecidedError") + came.count("approved") + came.count("withdrawn") == RACERS // 2


def test_one_certificate_for_a_request(enrolments: Enrolments, together: Together) -> None:
    enrolment_id, code = ask(enrolments)
    enrolments.decide(OLGA, enrolment_id, approve=True)

    def act(number: int) -> object:
        if number % 2:
            return enrolments.pick_up(ALICE, enrolment_id).serial
        return enrolments.pick_up_elsewhere(ALICE, enrolment_id, code, csr()).serial

    came = together(act)
    made = issued.for_enrolment(enrolment_id)
    assert made
    assert len(issued.of_person("alice")) == 1
    # Attempts at the same moment may have to wait for each other; none gets another certificate.
    assert set(came) <= {made.serial, "done", "code", "slow"}
    assert made.serial in came
    assert told() == ["message", "notice", "add"]


def test_guesses_at_once_are_all_counted(enrolments: Enrolments, together: Together) -> None:
    enrolment_id, _ = ask(enrolments)
    enrolments.decide(OLGA, enrolment_id, approve=True)
    request = csr()
    came = together(lambda _: enrolments.pick_up_elsewhere(ALICE, enrolment_id, "0000", request))
    counted = [one for one in trail.of_person("alice") if one.action == "code"]
    assert set(came) <= {"code", "slow"}
    assert len(counted) == RACERS
    assert 1 <= enrolments.any(enrolment_id).wrong_codes <= 5


def test_what_nobody_picks_up_makes_room(enrolments: Enrolments) -> None:
    enrolment_id, _ = ask(enrolments)
    enrolments.decide(OLGA, enrolment_id, approve=True)
    enrolments._clock = lambda: NOW + 3601
    with pytest.raises(NotNowError, match="expired"):
        enrolments.pick_up(ALICE, enrolment_id)
    assert [one.state for one in enrolments.of_person("alice")] == ["expired"]
    assert [one.state for one in enrolments.decided()] == ["expired"]
    assert (enrolments.expire(), enrolments.expire()) == (1, 0)
    assert [one.state for one in enrolments.of_person("alice")] == ["expired"]
    assert requested.find_own("bob", enrolment_id, now=0) is None
    assert ask(enrolments)


def test_what_is_to_be_told_is_claimed_once(enrolments: Enrolments, together: Together) -> None:
    with issued.transaction():
        for number in range(5):
            sendings.removal(Certificate(serial=str(number)), NOW)
    came = together(lambda _: len(claim(NOW, NOW + 60)))
    assert sum(map(int, came)) == 5
    assert claim(NOW + 59, NOW + 120) == []
    # Whoever had them has died: they come again, and are forgotten once they are sent.
    again = claim(NOW + 60, NOW + 120)
    assert [one.attempts for one in again] == [2] * 5
    sendings.finish(again[0])
    sendings.put_back(again[1], NOW + 1000)
    assert len(claim(NOW + 500, NOW + 600)) == 3
    # The claim was lost meanwhile: what its holder says doesn't count.
    sendings.finish(again[2])
    sendings.put_back(again[3], 0)
    assert claim(NOW + 599, NOW + 700) == []
    assert len(claim(NOW + 1000, NOW + 1100)) == 4
