"""Passwords: hashing with argon2id, and whether one is good enough. NIST SP 800-63B-4, section 3.1.1.

Knows no account and no database. Length, guessability and known breaches are judged, composition never.
"""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

import nacl.exceptions
import nacl.pwhash.argon2id

from config import tuning
from idp.accounts import password_meter
from idp.accounts.hash_queue import KNOWN, HashQueue

_LONGEST_TYPED = 1024
"""Code points of the longest text that is even normalised: what that costs grows with the square of a text's combining marks."""

_CONTEXT = ("ip account", "ip portal", "ipaccount", "ipportal")


class Problem(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_EASY = "too_easy"
    BREACHED = "breached"
    UNCHANGED = "unchanged"
    """It is the initial one, which isn't to stay."""


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
                _normal(password).encode(),
                opslimit=self._settings.iterations,
                memlimit=self._settings.memory_kib * 1024,
            )
        return hashed.decode()

    def verify(self, stored: str | None, password: str, *, rank: int = KNOWN) -> bool:
        """Tell whether the password is the stored one. Without a stored one it takes as long, and is False.

        `rank` is its place in the queue. Raises HashQueueFullError when too many wait.
        """
        if len(password) > _LONGEST_TYPED:
            stored, password = None, ""
        try:
            known, typed = (stored or self._dummy).encode(), _normal(password).encode()
            self.queue.run(lambda: nacl.pwhash.argon2id.verify(known, typed), rank=rank)
        except nacl.exceptions.InvalidkeyError:
            return False
        return stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return not stored.startswith(self._parameters)

    def min_length(self, *, second_step: bool) -> int:
        """Return how many characters a password has at least: fewer where something else is asked for beside it (section 3.1.1.2)."""
        return self._settings.min_length_with_second_step if second_step else self._settings.min_length

    def is_short(self, password: str, *, second_step: bool) -> bool:
        """Tell whether a password that was accepted once has fewer characters than a new one."""
        return len(_normal(password)) < self.min_length(second_step=second_step)

    def check_strength(self, password: str, hints: Sequence[str] = (), *, second_step: bool = False) -> Problem | None:
        """Return what is wrong with a new password; `hints` are words that an attacker would try on this person first.

        It costs up to some 20 ms of the processor, so whoever calls this has counted the request before.
        """
        if len(password) > _LONGEST_TYPED:
            return Problem.TOO_LONG
        password = _normal(password)
        if len(password) < self.min_length(second_step=second_step):
            return Problem.TOO_SHORT
        if len(password) > self._settings.max_length:
            return Problem.TOO_LONG
        if password_meter.is_breached(password):
            return Problem.BREACHED
        known = [*_CONTEXT, *hints]
        if password_meter.is_about(password, known) or password_meter.score(password, known) < self._settings.min_score:
            return Problem.TOO_EASY
        return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
