"""An authority in a folder of its own, and requests to it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from keys.ca import Addresses, Authority, Order, Person, Profile
from keys.ca.authority import new_serial
from keys.sealing import Sealer

NOW = 1_800_000_000
SEALER = Sealer([bytes(32)])
ADDRESSES = Addresses("http://ca.example.org")
ALICE = Person("https://id.example.org", "01h455vb4pex5vsknk084sn02q", "Alice Moreau")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.in_folder(tmp_path / "ca", SEALER, Profile(), ADDRESSES, name="Customer CA", now=NOW)


@pytest.fixture
def issue(authority: Authority) -> Callable[..., x509.Certificate]:
    def run(person: Person = ALICE, key: Any = None, now: int = NOW) -> x509.Certificate:
        key = key or ec.generate_private_key(ec.SECP256R1())
        return authority.issue(Order(person, key.public_key(), new_serial(), now))

    return run


def request_of(key: Any, name: str = "anybody", algorithm: Any = None) -> bytes:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    asked = x509.BasicConstraints(ca=True, path_length=None)
    return builder.add_extension(asked, critical=True).sign(key, algorithm or SHA256()).public_bytes(Encoding.PEM)
