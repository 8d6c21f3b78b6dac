"""Secrets at rest: sealed with AES-256-GCM under a subkey of their purpose, so that a stolen database opens nothing.

A sealed text is `v1.<key id>.<base64url of nonce, ciphertext, tag>`. The key id lets the root be replaced: the first root seals, all of
them open. What needs to be found again by its value isn't sealed but digested (`keys.hashing`).
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.secrets import shared_secret
from keys import encoding, hashing
from keys.errors import BadSealError

_VERSION = "v1"
_NONCE = 12
_ROOT_BYTES = 32
_FILE = "sealing.key"


class Sealer:
    """Seals and opens under `roots`, 32 bytes each, the present one first. Threads may share it."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        if not roots or any(len(root) != _ROOT_BYTES for root in roots):
            raise ValueError(f"a sealing root is {_ROOT_BYTES} bytes, and there must be one")
        self._roots = {_key_id(root): root for root in reversed(roots)}
        self._current = roots[0]
        self._cipher = lru_cache(maxsize=256)(_cipher)

    @classmethod
    def from_folder(cls, folder: Path, configured: Sequence[str] = ()) -> "Sealer":
        """Return a sealer with the `configured` roots (base64url), else those of `sealing.key` in `folder`, which is made if missing.

        To replace the root, put a new line above the old one in that file. Raises `config.errors.ConfigError`, ValueError.
        """
        texts = list(configured) or shared_secret(folder / _FILE).split()
        return cls([encoding.decode(text.rstrip("=").encode()) for text in texts])

    def seal(self, plaintext: bytes, *, purpose: str) -> str:
        """Return `plaintext` sealed; only `open` with the same purpose reads it."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._cipher(self._current, purpose).encrypt(nonce, plaintext, _bound(purpose))
        return f"{_VERSION}.{_key_id(self._current)}.{encoding.encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, purpose: str) -> bytes:
        """Return the plaintext; raises BadSealError."""
        try:
            version, key_id, text = sealed.split(".")
            if version != _VERSION:
                raise BadSealError("sealed in a way that is not known here")
            content = encoding.decode(text.encode("ascii"))
            return self._cipher(self._roots[key_id], purpose).decrypt(
                content[:_NONCE], content[_NONCE:], _bound(purpose)
            )
        except (ValueError, KeyError, InvalidTag) as error:
            raise BadSealError("not sealed here for this purpose") from error

    def derive(self, purpose: str) -> bytes:
        """Return the present root's subkey for `purpose`, for signing cookies and the like; it changes with the root."""
        return _derived(self._current, purpose)

    def derive_all(self, purpose: str) -> Sequence[bytes]:
        """Return the subkeys of every root for `purpose`, the present one's first: for digests that outlive a change of the root."""
        present = self.derive(purpose)
        return (present, *(key for root in self._roots.values() if (key := _derived(root, purpose)) != present))


def _cipher(root: bytes, purpose: str) -> AESGCM:
    return AESGCM(hashing.derive(root, f"seal:{purpose}"))


def _derived(root: bytes, purpose: str) -> bytes:
    return hashing.derive(root, f"derive:{purpose}")


def _bound(purpose: str) -> bytes:
    return f"{_VERSION}:{purpose}".encode()


@lru_cache(maxsize=16)
def _key_id(root: bytes) -> str:
    return hashing.derive(root, "key id").hex()[:8]
