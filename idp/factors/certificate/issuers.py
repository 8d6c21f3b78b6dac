"""The issuing authorities that are trusted: PEM files, read when they are first needed and again when they change."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

_log = logging.getLogger(__name__)
_Stamp = tuple[tuple[int, int, int] | None, ...]


class Issuers:
    """Reads them. Threads may share it."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self._lock = threading.Lock()
        self._read: tuple[_Stamp, tuple[x509.Certificate, ...]] = ((), ())

    def __call__(self) -> tuple[x509.Certificate, ...]:
        """Return their certificates; a file that is missing or can't be read trusts nobody."""
        stamp = tuple(_stamp(file) for file in self._files)
        if stamp != self._read[0]:
            with self._lock:
                self._read = (stamp, tuple(one for file in self._files for one in _certificates(file)))
        return self._read[1]


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _certificates(file: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except FileNotFoundError:
        return ()  # the service that makes it hasn't been started yet
    except (OSError, ValueError):
        _log.warning("%s holds no certificates that can be read: nobody signs in with those of its issuer", file)
        return ()
