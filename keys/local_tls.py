"""A certificate for loopback names, for trying out what needs TLS on one machine. Browsers warn about it; nobody else should use it."""

import fcntl
import ipaddress
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.files import check_private

_LIFE = timedelta(days=397)
_RENEWED = timedelta(days=30)
_BACKDATED = timedelta(hours=1)


def ensure(folder: Path, *, now: int) -> tuple[Path, Path]:
    """Return the files of the certificate and its key in `folder`; made when there are none, or when they end soon. Raises OSError.

    Of processes that start at once one makes them: a key of one and a certificate of another are no pair.
    """
    certificate, key = folder / "localhost.crt", folder / "localhost.key"
    moment = datetime.fromtimestamp(now, UTC)
    if _are_good(certificate, key, moment):
        return certificate, key
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _are_good(certificate, key, moment):
            private = ec.generate_private_key(ec.SECP256R1())
            _write(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            _write(certificate, _signed(private, moment).public_bytes(Encoding.PEM))
    finally:
        os.close(lock)  # gives it back
    return certificate, key


def _are_good(certificate: Path, key: Path, moment: datetime) -> bool:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        check_private(key)
    except (FileNotFoundError, ValueError):
        return False
    return moment + _RENEWED < found.not_valid_after_utc


def _signed(key: ec.EllipticCurvePrivateKey, moment: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName("*.localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(one)) for one in ("127.0.0.1", "::1")]
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(moment - _BACKDATED).not_valid_after(moment + _LIFE)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.SubjectAlternativeName(names), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, SHA256())


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)
