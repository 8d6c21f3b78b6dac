"""Questions to authenticators: random, asked of one session or one sign-in, answered once, for a while."""

import secrets
from typing import Literal

from idp.clock import Clock
from idp.db import Database, Tx
from idp.factors.webauthn import store
from keys import hashing

Purpose = Literal["enrol", "sign_in", "second_step"]
_BYTES = 32


class Challenges:
    """Asks and takes answers.

    Neither waits for the disk: a question that a power cut has lost is asked again, and an answer that counts is followed by a write
    that does wait, which keeps this one too.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(self, purpose: Purpose, owner: str, *, seconds: int) -> bytes:
        """Return a new challenge for `owner`, the id of a session or an interaction."""
        challenge, expires_at = secrets.token_bytes(_BYTES), self._clock() + seconds
        with self._database.write(durable=False) as tx:
            store.add_challenge(tx, _digest(challenge), purpose, owner, expires_at=expires_at)
        return challenge

    def take(self, challenge: bytes, purpose: Purpose, owner: str) -> bool:
        """Use a challenge up, before its answer is looked at: it is answered once, rightly or wrongly. False when it can't be."""
        with self._database.write(durable=False) as tx:
            return store.take_challenge(tx, _digest(challenge), purpose, owner, now=self._clock())

    def withdraw(self, tx: Tx, owner: str) -> None:
        """Forget what `owner` was asked: whoever it is needn't answer any more."""
        store.forget_of_owner(tx, owner)

    def purge(self, tx: Tx) -> None:
        """Forget those that nobody can answer any more."""
        store.forget_expired(tx, now=self._clock())


def _digest(challenge: bytes) -> str:
    return hashing.digest(challenge.hex())
