"""The key ring on disk: one PEM file for each key, and `ring.json`, which says what is in the ring and when each key serves.

`ring.json` is replaced as a whole and last, so a reader sees the ring before or after a change and never in between. Whoever changes
it holds a lock between processes. What a crash left behind isn't named by `ring.json`, and the next change sweeps it up.
"""

import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from config.files import check_private
from keys.ring import Key, KeyRing, PrivateKey

_RING = "ring.json"
_DRAFT = ".draft-"
_LOCK = "lock"
_RECHECK_SECONDS = 1.0
_TIMES = ("published_at", "active_from", "retired_at", "removed_at")


class KeyStore:
    """The ring in `folder` (made with mode 0700 when missing). Threads may share it."""

    def __init__(self, folder: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self._monotonic = monotonic
        # One attribute, so that a thread never pairs a ring with another ring's stamp.
        self._known: tuple[object, KeyRing] = (None, KeyRing())
        self._recheck_at = float("-inf")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def load(self) -> KeyRing:
        """Return the ring, at most a second old; cheap enough for every request. The same object as long as nothing changed."""
        # Until one thread has read the ring, the others read it too, rather than take the empty one for it.
        if self._known[0] is None or self._monotonic() >= self._recheck_at:
            self.read()
        return self._known[1]

    def read(self) -> KeyRing:
        """Return the ring as it is on disk now. Raises OSError or ValueError when somebody damaged it."""
        self._recheck_at = self._monotonic() + _RECHECK_SECONDS
        while (stamp := self._stamp()) != self._known[0]:
            try:
                self._known = (stamp, self._parse())
            except FileNotFoundError:
                # A key file vanished between the two reads: the ring was just replaced, and the new one is complete.
                if self._stamp() == stamp:
                    raise
        return self._known[1]

    @contextmanager
    def changing(self) -> Iterator[KeyRing]:
        """Hold the lock against every other thread and process, and yield the ring as it is now; `replace` belongs in here."""
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield self.read()
        finally:
            os.close(descriptor)  # gives the lock back

    def replace(self, keys: Iterable[Key]) -> KeyRing:
        """Make `keys` the ring, durably, and delete all others. Only inside `changing`."""
        keys = tuple(keys)
        for key in keys:
            if not (self.folder / f"{key.kid}.pem").exists():
                self._write(f"{key.kid}.pem", _pem(key.private))
        entries = [{"kid": key.kid, "alg": key.alg} | {name: getattr(key, name) for name in _TIMES} for key in keys]
        self._write(_RING, json.dumps({"keys": entries}, indent=1).encode())
        self._sweep({f"{key.kid}.pem" for key in keys})
        return self.read()

    def _parse(self) -> KeyRing:
        content = (self.folder / _RING).read_bytes()
        entries: list[dict[str, Any]] = json.loads(content)["keys"]
        keys = [Key(private=self._private(entry["kid"]), **entry) for entry in entries]
        return KeyRing(keys, hashlib.sha256(content).hexdigest()[:16])

    def _private(self, kid: str) -> PrivateKey:
        known = self._known[1].verifying_key(kid)
        if known:
            return known.private
        pem = check_private(self.folder / f"{kid}.pem").read_bytes()
        # Our own file, made here: proving again that its primes are prime would take 60 ms.
        private = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError(f"{kid}.pem holds a key of another kind")
        return private

    def _stamp(self) -> object:
        """Return what differs after each replacement: a renamed file has another inode, even within one tick of the clock."""
        try:
            status = (self.folder / _RING).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _write(self, name: str, content: bytes) -> None:
        draft = self.folder / f"{_DRAFT}{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _sweep(self, wanted: set[str]) -> None:
        """Delete keys that left the ring, and drafts of a change that a crash cut short."""
        for file in self.folder.iterdir():
            if (file.suffix == ".pem" and file.name not in wanted) or file.name.startswith(_DRAFT):
                file.unlink()


def _pem(private: PrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
