"""Killed while it makes certificates: none without its record, no serial number twice, and what wasn't made can be made again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from clients.certificates import issued, trail
from clients.certificates.app import create
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.programs import ROOT

KILLS = 4
_AT_LEAST = 15
_MAKES = """
import itertools, sys
from cryptography.hazmat.primitives.asymmetric import ec
from clients.certificates.app import create
from clients.certificates.issuance import MadeAlreadyError
from clients.certificates.trail import Who
from keys.ca import Person

app = create()
with app.app_context():
    for number in itertools.count():
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        person = Person("http://localhost:8000", "alice", "Alice")
        try:
            made = app.extensions["certificates"].issue(Who("olga"), person, key, enrolment_id=f"request-{number}")
        except MadeAlreadyError as there:
            made = there.certificate
        print(made.serial, flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    found = {"DATA_DIR": str(tmp_path), "PROFILE": "test", "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if request.param == "postgresql":
        found["CERTIFICATES_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    return found


def test_killed_while_issuing(environ: dict[str, str]) -> None:
    given: list[str] = []
    for round_ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", _MAKES], env=environ, stdout=subprocess.PIPE, text=True) as made:
            assert made.stdout is not None
            for line in made.stdout:
                given.append(line.strip())
                if len(given) >= _AT_LEAST * (round_ + 1):
                    made.kill()
                    break
            # What had been written when it was killed was handed out too.
            given += made.stdout.read().split()

    app = create(load_relying_party("certificates", environ))
    with app.app_context():
        recorded = {one.serial: one for one in issued.of_person("alice")}
        assert set(given) <= set(recorded)
        for serial, one in recorded.items():
            assert f"{x509.load_der_x509_certificate(one.der).serial_number:x}" == serial
        assert len({one.enrolment_id for one in recorded.values()}) == len(recorded)
        noted = (
            db.session.execute(db.text("SELECT serial FROM certificate_event WHERE action = 'issue'")).scalars().all()
        )
        assert sorted(noted) == sorted(recorded)
        assert {one.by for one in trail.of_person("alice")} == {"olga"}
        db.session.remove()
        db.engine.dispose()
