"""`/api/certificates`: which tokens may, which certificates are taken, and that repeating a call is harmless."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from werkzeug.test import TestResponse

from idp.factors.certificate import crypto
from tests.support.client_certificates import CertificateOffice, Held
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest
from tests.support.strong import HERE, account_id

DAY = 24 * 3600


@dataclass
class Service:
    idp: ProviderUnderTest
    office: CertificateOffice

    def __post_init__(self) -> None:
        self.token = self.get_token()
        self.alice = account_id(self.idp, "alice")

    def get_token(self, **changes: str) -> str:
        client = self.idp.register(
            grant_types=("client_credentials",), redirect_uris=(), scope="certificates:write notices:write"
        )
        asked = {"scope": "certificates:write", "resource": ISSUER} | changes
        return self.idp.token(client, grant_type="client_credentials", **asked).get_json()["access_token"]

    def post(self, sub: str, certificate: Held | str, **more: Any) -> TestResponse:
        pem = certificate if isinstance(certificate, str) else certificate.pem
        return self.call("POST", "", json={"sub": sub, "certificate": pem} | more)

    def delete(self, serial: str, query: str = "") -> TestResponse:
        return self.call("DELETE", f"/{serial}{query}")

    def call(self, method: str, path: str, *, token: str | None = None, **options: Any) -> TestResponse:
        token = self.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"/api/certificates{path}"
        return self.idp.browser().open(address, method=method, headers=headers, base_url=ISSUER, **options)

    def has(self, username: str = "alice") -> list[str]:
        factors = self.idp.core.strong.factors.listing(account_id(self.idp, username))
        return [one.name for one in factors if one.method == "certificate"]

    def issuer(self) -> str:
        issuing = self.office.authority.issuing
        return crypto.number(issuing, issuing).issuer


@pytest.fixture
def service(idp: ProviderUnderTest, tmp_path: Path) -> Iterator[Service]:
    with CertificateOffice(tmp_path / "office", idp.clock) as office:
        office.publish(tmp_path)
        yield Service(idp, office)


def test_a_certificate_that_was_only_registered_keeps_nobody_out(service: Service) -> None:
    """Its owner may never have installed it: it counts once it has been used, like every other method once it is set up."""
    idp, held = service.idp, service.office.issue(ISSUER, service.alice)
    trusting = idp.core.strong.standings.of(service.alice).fingerprint
    assert service.post(service.alice, held).status_code == 201
    has = idp.core.strong.standings.of(service.alice)
    assert (has.methods, has.unproven, has.fingerprint) == ((), ("certificate",), trusting)
    assert idp.code(idp.register(), Pkce())

    (factor,) = idp.core.strong.factors.listing(service.alice)
    with idp.core.database.write() as tx:
        idp.core.strong.factors.used(tx, factor.id, HERE)
    has = idp.core.strong.standings.of(service.alice)
    assert (has.methods, has.unproven) == (("certificate",), ())
    browser = idp.browser()
    step = idp.sign_in(browser, idp.authorize(browser, idp.register(), Pkce()).location)
    assert step.location.endswith("/with/certificate")


def test_a_certificate_that_has_expired_keeps_nobody_out(service: Service) -> None:
    idp = service.idp
    assert service.post(service.alice, service.office.issue(ISSUER, service.alice)).status_code == 201
    (factor,) = idp.core.strong.factors.listing(service.alice)
    with idp.core.database.write() as tx:
        idp.core.strong.factors.used(tx, factor.id, HERE)
        tx.run("UPDATE factor_certificate SET not_after = :now", now=idp.clock.now)
    has = idp.core.strong.standings.of(service.alice)
    assert (has.methods, has.unproven) == ((), ())
    assert idp.code(idp.register(), Pkce())


def test_a_certificate_comes_stays_and_goes(service: Service) -> None:
    held = service.office.issue(ISSUER, service.alice)
    first, again = service.post(service.alice, held), service.post(service.alice, held)
    assert (first.status_code, again.status_code) == (201, 200)
    assert service.has() == ["Customer CA"]
    core = service.idp.core
    with service.idp.provider.flask.test_request_context():
        (detail,) = core.strong.certificates.method.details(service.alice).values()
        assert detail.startswith("until January ")
        assert detail.endswith(f", 2029 · number {held.serial}")
    told = [row["event"] for row in core.database.read().all("SELECT event FROM alarm")]
    assert told == ["factor_added"]
    assert service.delete(held.serial, f"?issuer={'0' * 64}").status_code == 204
    assert service.has() == ["Customer CA"]
    assert service.delete(held.serial.upper(), f"?issuer={service.issuer()}").status_code == 204
    assert service.has() == []
    assert service.delete(held.serial).status_code == 204
    events = [row["event"] for row in core.database.read().all("SELECT event FROM audit_event ORDER BY seq")]
    assert events[-3:] == ["factor.added", "certificate.registered", "factor.removed"]


def test_whose_it_is(service: Service) -> None:
    held, bob = service.office.issue(ISSUER, service.alice), account_id(service.idp, "bob")
    refused = service.post(bob, held)
    assert (refused.status_code, refused.get_json()["reason"]) == (422, "other_account")
    assert "the account's" in refused.get_json()["error_description"]
    gone = service.post("nobody", service.office.issue(ISSUER, "nobody"))
    assert gone.status_code == 404
    elsewhere = service.post(service.alice, service.office.issue("https://other.example", service.alice))
    assert elsewhere.status_code == 422


def test_a_revoked_certificate_is_not_registered(service: Service) -> None:
    held = service.office.issue(ISSUER, service.alice)
    service.office.revoke(held)
    refused = service.post(service.alice, held)
    assert (refused.status_code, refused.get_json()["reason"]) == (422, "revoked")
    assert service.has() == []


def test_what_nobody_says_good_of_is_not_registered_yet(service: Service) -> None:
    held = service.office.issue(ISSUER, service.alice)
    service.office.answers.clear()
    refused = service.post(service.alice, held)
    assert (refused.status_code, refused.get_json()["error"]) == (503, "temporarily_unavailable")
    assert refused.headers["Retry-After"] == "60"
    assert service.has() == []
    service.office.answers.add("ocsp")
    assert service.post(service.alice, held).status_code == 201


def test_another_account_has_it(service: Service) -> None:
    """Two certificates with one number: an authority that does that can't be told from a mistake, so the first one stays."""
    held, bob = service.office.issue(ISSUER, service.alice), account_id(service.idp, "bob")
    assert service.post(service.alice, held).status_code == 201
    other = service.office.issue(ISSUER, bob)
    authority = service.office.authority
    builder = x509.CertificateBuilder().subject_name(other.certificate.subject).issuer_name(authority.issuing.subject)
    builder = builder.serial_number(held.certificate.serial_number).public_key(other.certificate.public_key())
    builder = builder.not_valid_before(other.certificate.not_valid_before_utc)
    builder = builder.not_valid_after(other.certificate.not_valid_after_utc)
    for one in other.certificate.extensions:
        builder = builder.add_extension(one.value, one.critical)
    twin = builder.sign(authority.issuing_key, SHA256()).public_bytes(Encoding.PEM).decode()
    assert service.post(bob, twin).status_code == 409
    assert service.has("bob") == []


def test_what_is_not_taken(service: Service, tmp_path: Path) -> None:
    office, now, alice = service.office, service.idp.clock(), service.alice
    with CertificateOffice(tmp_path / "other", service.idp.clock) as other:
        foreign = other.issue(ISSUER, alice)
    good = office.issue(ISSUER, alice)
    for held, reason in (
        (foreign, "other_authority"),
        (office.self_signed(good), "self_signed"),
        (office.issue(ISSUER, alice, now=now + DAY), "not_yet_valid"),
        (office.issue(ISSUER, alice, now=now - 731 * DAY), "expired"),
        (office.keep(office.authority.issuing, ec.generate_private_key(ec.SECP256R1())), "other_authority"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "malformed"),
        ("", "malformed"),
    ):
        refused = service.post(alice, held)
        assert (refused.status_code, refused.get_json()["reason"]) == (422, reason)
    assert service.post(alice, good, more=1).status_code == 422
    assert service.call("POST", "", data="{}").status_code == 415
    assert service.call("POST", "", json={"sub": alice, "certificate": "x" * 70_000}).status_code == 413
    assert service.delete("nothing-hexadecimal").status_code == 400
    assert service.call("GET", "").status_code == 405
    assert service.call("POST", "/ab").status_code == 405
    assert service.has() == []


def test_the_issuers_file_is_read_again(service: Service, tmp_path: Path) -> None:
    folder, held = tmp_path / "certificates", service.office.issue(ISSUER, service.alice)
    shutil.move(folder, tmp_path / "away")
    assert service.post(service.alice, held).get_json()["reason"] == "other_authority"
    shutil.move(tmp_path / "away", folder)
    assert service.post(service.alice, held).status_code == 201
    (folder / "issuing.pem").write_text("damaged")
    assert service.post(service.alice, held).status_code == 422


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_who_may(service: Service, method: str) -> None:
    path = "" if method == "POST" else "/ab"
    for token, status in (
        ("", 401),
        ("nonsense", 401),
        (service.get_token(scope="notices:write"), 403),
    ):
        refused = service.call(method, path, token=token, json={})
        assert refused.status_code == status
        assert 'realm="certificates"' in refused.headers["WWW-Authenticate"]
