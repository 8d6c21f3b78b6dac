"""Passwords: hashing with argon2id, and whether one is good enough. NIST SP 800-63B-4, section 3.1.1.

Knows no account and no database. Length and guessability are judged, composition never.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

import nacl.exceptions
import nacl.pwhash.argon2id

from config import tuning
from idp.accounts.hash_queue import KNOWN, HashQueue

_LONGEST_TYPED = 4096
"""More characters than any password that was accepted can have been typed with: not worth hashing."""
_SCORED_LENGTH = 64
"""How much of a password is scored: what zxcvbn does is quadratic, and a password that is good so far stays good."""

_CONTEXT = ("ip account", "ip portal", "ipaccount", "ipportal")


class Problem(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_EASY = "too_easy"


class Passwords:
    """Hashes, verifies and judges passwords."""

    def __init__(self, settings: tuning.Passwords) -> None:
        self._settings = settings
        # More hashes at once than cores would only starve the other requests; those that wait do so without the interpreter's lock.
        self.queue = HashQueue(settings.parallel_hashes, waiting=settings.waiting_hashes)
        self._parameters = f"$argon2id$v=19$m={settings.memory_kib},t={settings.iterations},p=1$"
        self._dummy = self.hash("no account has this password")

    def hash(self, password: str) -> str:
        """Return the PHC string of the password."""
        with self.queue.front.slot(KNOWN):
            hashed = nacl.pwhash.argon2id.str(
                _normal(password), opslimit=self._settings.iterations, memlimit=self._settings.memory_kib * 1024
            )
        return hashed.decode()

    def verify(self, stored: str | None, password: str, *, rank: int = KNOWN) -> bool:
        """Tell whether the password is the stored one. Without a stored one it takes as long, and is False.

        `rank` is its place in the queue. Raises HashQueueFullError when too many wait.
        """
        if len(password) > _LONGEST_TYPED:
            stored, password = None, ""
        try:
            known, typed = (stored or self._dummy).encode(), _normal(password)
            self.queue.run(lambda: nacl.pwhash.argon2id.verify(known, typed), rank=rank)
        except nacl.exceptions.InvalidkeyError:
            return False
        return stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return not stored.startswith(self._parameters)

    def check_strength(self, password: str, hints: Sequence[str] = ()) -> Problem | None:
        """Return what is wrong with a new password; `hints` are words that an attacker would try on this person first."""
        password = unicodedata.normalize("NFKC", password[:_LONGEST_TYPED])
        # Only here: its dictionaries take 12 MB and a worker may never meet a new password.
        from zxcvbn import zxcvbn  # noqa: PLC0415

        if len(password) < self._settings.min_length:
            return Problem.TOO_SHORT
        if len(password) > self._settings.max_length:
            return Problem.TOO_LONG
        words = [part for hint in (*_CONTEXT, *hints) for part in (hint, *re.split(r"[\W_]+", hint)) if part]
        if zxcvbn(password[:_SCORED_LENGTH], user_inputs=words)["score"] < self._settings.min_score:
            return Problem.TOO_EASY
        return None


def _normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode()
