"""The authority on disk: two certificates in the clear, two private keys sealed, made once and together.

A folder of mode 0700. `ca.json` is written last and in one step, so an authority is there whole or not at all; whoever makes it holds a
lock, and of processes that start together one makes it and the others find it.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from config.files import check_private
from keys.sealing import Sealer

_FILE = "ca.json"
_LOCK = "lock"
_PURPOSE = "certificate authority"


@dataclass(frozen=True, slots=True)
class Material:
    """Both authorities with their keys."""

    root: x509.Certificate
    root_key: ec.EllipticCurvePrivateKey
    issuing: x509.Certificate
    issuing_key: ec.EllipticCurvePrivateKey


def read(folder: Path, sealer: Sealer) -> Material | None:
    """Return the authority in `folder`, None when there is none yet. Raises OSError, ValueError, BadSealError."""
    try:
        stored = json.loads(check_private(folder / _FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    root, issuing = (x509.load_pem_x509_certificate(stored[name].encode()) for name in ("root", "issuing"))
    root_key, issuing_key = (_key(sealer.open(stored[name], purpose=_PURPOSE)) for name in ("root_key", "issuing_key"))
    for certificate, key in ((root, root_key), (issuing, issuing_key)):
        if certificate.public_key() != key.public_key():
            raise ValueError(f"a certificate in {folder / _FILE} doesn't belong to its key")
    return Material(root, root_key, issuing, issuing_key)


def write(folder: Path, sealer: Sealer, made: Material) -> None:
    """Store a new authority; only inside `making`."""
    stored = {
        "root": made.root.public_bytes(Encoding.PEM).decode(),
        "root_key": sealer.seal(_bytes(made.root_key), purpose=_PURPOSE),
        "issuing": made.issuing.public_bytes(Encoding.PEM).decode(),
        "issuing_key": sealer.seal(_bytes(made.issuing_key), purpose=_PURPOSE),
    }
    draft = folder / f".{_FILE}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _FILE)


def publish(folder: Path, root: x509.Certificate, issuing: x509.Certificate) -> None:
    """Write both certificates into `folder` as PEM files that everybody on this machine may read."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o755)  # whatever this process's umask is
    for name, certificate in (("root.pem", root), ("issuing.pem", issuing)):
        content = certificate.public_bytes(Encoding.PEM)
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            draft = folder / f".{name}.{secrets.token_hex(8)}"
            draft.write_bytes(content)
            draft.chmod(0o644)
            draft.replace(path)


@contextmanager
def making(folder: Path) -> Iterator[None]:
    """Hold the lock against every other thread and process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # gives the lock back


def _bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _key(content: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(content, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the certificate authority's key is of another kind")
    return key
