"""What the authority made, on both engines: one certificate for each request, revoked at once, and what is published says so."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from werkzeug.serving import make_server

from clients.certificates import issued, trail
from clients.certificates.app import create
from clients.certificates.issuance import Issuance, MadeAlreadyError
from clients.certificates.models import Certificate
from clients.certificates.trail import Who
from clients.sso.db import db
from config.settings import load_relying_party
from keys.ca import Person, RefusedRequestError

RACERS = 8
ISSUER = "http://localhost:8000"
OFFICER = Who("olga", "192.0.2.1")
Issue = Callable[..., Certificate]


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["CERTIFICATES_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("certificates", environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def issuance(app: Flask) -> Issuance:
    made: Issuance = app.extensions["certificates"]
    return made


@pytest.fixture
def issue(issuance: Issuance) -> Issue:
    def run(enrolment_id: str, sub: str = "alice", key: ec.EllipticCurvePrivateKey | None = None) -> Certificate:
        public_key = (key or ec.generate_private_key(ec.SECP256R1())).public_key()
        return issuance.issue(OFFICER, Person(ISSUER, sub, sub.title()), public_key, enrolment_id=enrolment_id)

    return run


def question(app: Flask, serial: str) -> bytes:
    issuing = app.extensions["certificates"].authority.issuing
    leaf = issued.find(serial)
    assert leaf
    certificate = x509.load_der_x509_certificate(leaf.der)
    built = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuing, SHA256()).build()
    return built.public_bytes(Encoding.DER)


def test_a_request_is_made_once(app: Flask, issue: Issue, issuance: Issuance) -> None:
    def attempt(_: int) -> str:
        with app.app_context():
            try:
                return issue("request-1").serial
            except MadeAlreadyError as there:
                return f"there {there.certificate.serial}"

    with ThreadPoolExecutor(RACERS) as pool:
        made = list(pool.map(attempt, range(RACERS)))

    (mine,) = issuance.of_person("alice")
    assert sorted(made) == sorted([mine.serial, *[f"there {mine.serial}"] * (RACERS - 1)])
    assert [(one.action, one.by, one.serial) for one in trail.of_person("alice")] == [("issue", "olga", mine.serial)]
    assert issuance.of_person("bob") == []


def test_what_fails_in_between_leaves_nothing(app: Flask, issuance: Issuance) -> None:
    def fail(_: Certificate) -> None:
        raise RuntimeError("the program ends here")

    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(RuntimeError):
        issuance.issue(OFFICER, Person(ISSUER, "alice", "Alice"), key, enrolment_id="request-1", also=fail)
    assert issuance.of_person("alice") == []
    assert trail.of_person("alice") == []
    assert issuance.issue(OFFICER, Person(ISSUER, "alice", "Alice"), key, enrolment_id="request-1").serial


def test_a_key_has_one_certificate(issue: Issue, issuance: Issuance) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    sent = request.public_bytes(Encoding.DER)
    assert issuance.check(sent) == key.public_key()
    issue("request-1", key=key)
    with pytest.raises(RefusedRequestError) as refused:
        issuance.check(sent)
    assert refused.value.reason == "reused"


def test_two_people_at_once_get_no_certificate_each_for_one_key(app: Flask, issue: Issue, issuance: Issuance) -> None:
    key, ready = ec.generate_private_key(ec.SECP256R1()), threading.Barrier(RACERS)

    def attempt(number: int) -> str:
        with app.app_context():
            ready.wait(10)
            try:
                return issue(f"request-{number}", f"person-{number}", key).sub
            except RefusedRequestError as refused:
                return refused.reason

    with ThreadPoolExecutor(RACERS) as pool:
        made = sorted(pool.map(attempt, range(RACERS)))

    assert made[1:] == ["reused"] * (RACERS - 1)
    assert sum(len(issuance.of_person(f"person-{number}")) for number in range(RACERS)) == 1


def test_a_question_may_come_in_chunks(app: Flask, issue: Issue) -> None:
    """RFC 9112 section 7.1: then nothing names its length."""
    sent = question(app, issue("request-1").serial)
    chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    client = app.test_client()
    answer = client.post("/ocsp", input_stream=BytesIO(sent), environ_overrides=chunks)
    assert ocsp.load_der_ocsp_response(answer.data).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert client.post("/ocsp", input_stream=BytesIO(b"x" * 5000), environ_overrides=chunks).status_code == 413


def test_revoked_is_said_at_once(app: Flask, issue: Issue, issuance: Issuance) -> None:
    client = app.test_client()
    one, other = issue("request-1").serial, issue("request-2", "bob").serial

    def state(serial: str) -> str:
        answer = client.post("/ocsp", data=question(app, serial), content_type="application/ocsp-request")
        return str(ocsp.load_der_ocsp_response(answer.data).certificate_status.name)

    def listed() -> list[str]:
        found = x509.load_der_x509_crl(client.get("/ca/issuing.crl").data)
        return [f"{entry.serial_number:x}" for entry in found]

    assert (state(one), state(other), listed()) == ("GOOD", "GOOD", [])
    assert issuance.revoke(Who("alice"), one, "key_compromise")
    assert not issuance.revoke(Who("alice"), one, "superseded")
    assert (state(one), state(other), listed()) == ("REVOKED", "GOOD", [one])
    first = x509.load_der_x509_crl(client.get("/ca/issuing.crl").data)
    assert issuance.revoke(OFFICER, other, "unspecified")
    second = x509.load_der_x509_crl(client.get("/ca/issuing.crl").data)
    assert _number(second) == _number(first) + 1
    assert [one.detail for one in trail.of_person("alice")] == ["key_compromise", ""]
    with pytest.raises(ValueError, match="no reason"):
        issuance.revoke(OFFICER, other, "spite")


def test_nobody_rewrites_the_trail(issue: Issue) -> None:
    issue("request-1")
    for statement in ("UPDATE certificate_event SET result = 'x'", "DELETE FROM certificate_event"):
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_what_is_published(app: Flask) -> None:
    client = app.test_client()
    issuing = x509.load_der_x509_certificate(client.get("/ca/issuing.cer").data)
    root = x509.load_der_x509_certificate(client.get("/ca/root.cer").data)
    issuing.verify_directly_issued_by(root)
    assert len(x509.load_pem_x509_certificates(client.get("/ca/chain.pem").data)) == 2
    answer = client.get("/ca/root.crl")
    assert answer.content_type == "application/pkix-crl"
    assert client.get("/ca/root.crl", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.head("/ca/root.crl").data == b""
    assert client.get("/ca/other").status_code == 404
    assert client.post("/ca/root.crl").status_code == 405
    assert client.post("/ocsp", data=b"x" * 5000).status_code == 413
    refused = client.get("/ocsp")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    malformed = ocsp.load_der_ocsp_response(client.get("/ocsp/!!").data)
    assert malformed.response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_openssl_asks_over_http(app: Flask, issue: Issue, issuance: Issuance, tmp_path: Path) -> None:
    for name in ("root", "issuing"):
        content = getattr(issuance.authority, name).public_bytes(Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(content)
        assert (tmp_path / "certificates" / f"{name}.pem").read_bytes() == content
    serials = [issue(f"request-{number}").serial for number in range(2)]
    issuance.revoke(OFFICER, serials[1], "key_compromise")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    said = []
    try:
        for serial, more in ((serials[0], []), (serials[1], []), (serials[0], ["-no_nonce"])):
            leaf = issued.find(serial)
            assert leaf
            certificate = x509.load_der_x509_certificate(leaf.der)
            (tmp_path / "leaf.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
            url = f"http://127.0.0.1:{server.port}/ocsp"
            command = ["openssl", "ocsp", "-issuer", "issuing.pem", "-cert", "leaf.pem", "-url", url, *more]
            trust = ["-CAfile", "root.pem", "-verify_other", "issuing.pem"]
            run = subprocess.run([*command, *trust], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert "Response verify OK" in run.stderr, run.stderr
            said.append(run.stdout.splitlines()[0])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert said == ["leaf.pem: good", "leaf.pem: revoked", "leaf.pem: good"]


def _number(listed: x509.CertificateRevocationList) -> int:
    return listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
