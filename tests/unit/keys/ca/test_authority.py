"""What the authority makes: right by other people's tools, for one account, with nothing in it that a request asked for."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from keys import BadSealError
from keys.ca import Authority, Person, Profile, crl
from keys.ca.names import latin
from keys.sealing import Sealer

from .conftest import ADDRESSES, ALICE, NOW, SEALER

Issue = Callable[..., x509.Certificate]


def test_a_certificate_for_client_authentication(issue: Issue, authority: Authority) -> None:
    made = issue()
    assert made.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "Alice Moreau"
    assert made.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == ALICE.sub
    assert made.issuer == authority.issuing.subject
    found = {type(one.value).__name__: one for one in made.extensions}
    assert found["BasicConstraints"].critical
    assert not found["BasicConstraints"].value.ca
    assert list(found["ExtendedKeyUsage"].value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    names = found["SubjectAlternativeName"].value.get_values_for_type(x509.UniformResourceIdentifier)
    assert names == [ALICE.uri] == [f"https://id.example.org/accounts/{ALICE.sub}"]
    assert made.not_valid_before_utc.timestamp() == NOW - 300
    assert made.not_valid_after_utc.timestamp() == NOW + Profile().lifetime
    assert issue().serial_number != made.serial_number
    assert made.serial_number.bit_length() > 64


@pytest.mark.parametrize(
    ("name", "in_latin"),
    [
        ("Владимир Петров", "Vladimir Petrov"),
        ("Zoë Müller-Ångström", "Zoë Müller-Ångström"),
        ("محمد", "mhmd"),
        ("Alice", "Alice"),
    ],
)
def test_names_in_any_script(issue: Issue, name: str, in_latin: str) -> None:
    assert latin(name) == in_latin
    subject = issue(Person("https://id.example.org", "1", name)).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name
    others = [one.value for one in subject if one.oid.dotted_string == "2.5.4.41"]
    assert others == ([in_latin] if in_latin != name else [])


@pytest.mark.parametrize(("letter", "room"), [("x", 64), ("ж", 32), ("語", 21)])
def test_a_name_that_is_too_long(issue: Issue, letter: str, room: int) -> None:
    subject = issue(Person("https://id.example.org", "1", letter * 300)).subject
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == letter * room


def test_no_certificate_outlives_the_authority(issue: Issue, authority: Authority) -> None:
    end = int(authority.issuing.not_valid_after_utc.timestamp())
    assert issue(now=end - 3600).not_valid_after_utc == authority.issuing.not_valid_after_utc


def test_there_is_one_authority_however_many_start_at_once(tmp_path: Path) -> None:
    def start(_: int) -> bytes:
        made = Authority.in_folder(tmp_path / "ca", SEALER, Profile(), ADDRESSES, name="Customer CA", now=NOW)
        return made.issuing.public_bytes(Encoding.DER)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
    stored = (tmp_path / "ca" / "ca.json").read_text()
    assert "PRIVATE" not in stored
    assert json.loads(stored)["issuing_key"].startswith("v1.")
    assert (tmp_path / "ca" / "ca.json").stat().st_mode & 0o077 == 0


def test_another_sealing_key_opens_nothing(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(BadSealError):
        Authority.in_folder(tmp_path / "ca", Sealer([b"x" * 32]), Profile(), ADDRESSES, name="Customer CA", now=NOW)


def test_other_tools_agree(tmp_path: Path, issue: Issue, authority: Authority) -> None:
    made = {
        "leaf": issue(Person(ALICE.issuer, ALICE.sub, "Владимир")),
        "issuing": authority.issuing,
        "root": authority.root,
    }
    for name, certificate in made.items():
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-attime", str(NOW)]
    chain = ["-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem"]
    said = subprocess.run([*command, *chain], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.stdout == "leaf.pem: OK\n", said.stderr


def test_a_lint_finds_nothing(tmp_path: Path, issue: Issue, authority: Authority) -> None:
    """RFC 5280's every "must", as another project reads it."""
    span = crl.Span(NOW, NOW + 24 * 3600)
    revoked = [crl.Revoked(issue().serial_number, NOW, "key_compromise")]
    made = {
        "leaf.crt": issue(Person(ALICE.issuer, ALICE.sub, "Владимир")).public_bytes(Encoding.DER),
        "issuing.crt": authority.issuing.public_bytes(Encoding.DER),
        "root.crt": authority.root.public_bytes(Encoding.DER),
        "issuing.crl": crl.issuing(authority, revoked, 1, span),
        "root.crl": crl.root(authority, 1, span),
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
        tool = "lint_crl" if name.endswith("crl") else "lint_pkix_cert"
        more = ["-t", "CRL", "-p", "PKIX"] if name.endswith("crl") else []
        command = [str(Path(sys.executable).with_name(tool)), "lint", "-s", "NOTICE", *more, name]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (said.returncode, said.stdout.strip(), said.stderr) == (0, "", ""), name
