"""Proofs that a person reads mail at an address: a link and a six-digit code, of which either works, once.

Knows how proofs are made, counted and used up; what happens then is the use case's that asked for it. People open links in other
browsers, and mail scanners open them too: a link only ever shows a page whose button confirms.
"""

import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from config.tuning import Lifetimes
from idp.accounts.store import confirmations as store
from idp.clock import Clock
from idp.db import Row, Tx
from idp.ids import new_id
from keys import hashing
from keys.sealing import Sealer

MAX_ATTEMPTS = 5
"""Guesses at one code; with `MAX_SENT` codes, 30 guesses among a million."""
MAX_SENT = 6
RESEND_AFTER = 60
"""Seconds between two mails about the same thing."""
KEPT = 7 * 24 * 3600
"""Seconds after which a confirmation is forgotten, and with it an account that nobody confirmed."""

_SEALED_FOR = "confirmation"


class Purpose(StrEnum):
    """What is confirmed."""

    SIGN_UP = "sign_up"
    CHANGE_EMAIL = "change_email"
    RECOVERY_EMAIL = "recovery_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 — no password


class Unproven(StrEnum):
    """Why nothing was confirmed."""

    WRONG = "wrong"  # try again
    SPENT = "spent"  # used, expired, replaced by a newer one, or guessed at too often: ask for a new one


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes into the mail, and the id by which the page refers to it."""

    confirmation_id: str
    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was asked to be confirmed; whether that is still possible; and how the page may go on."""

    id: str
    purpose: Purpose
    account_id: str | None
    address: str
    data: dict[str, Any]
    open: bool
    used: bool
    resend_in: int
    """Seconds until another mail may be asked for."""


class Confirmations:
    """Issues and consumes proofs."""

    def __init__(self, sealer: Sealer, clock: Clock, lifetimes: Lifetimes) -> None:
        self._sealer = sealer
        self._clock = clock
        self._lifetimes = lifetimes
        # A million codes are hashed in a second: without this key a stolen database would give them away.
        self._code_key = sealer.derive("confirmation codes")

    def issue(
        self,
        tx: Tx,
        purpose: Purpose,
        address: str,
        *,
        account_id: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> Proof:
        """Keep what is to be confirmed, and return the proof of it."""
        proof = self._new_proof(new_id())
        self._insert(tx, proof.confirmation_id, purpose, address, account_id=account_id, data=data, proof=proof)
        return proof

    def reserve(self, tx: Tx, purpose: Purpose, address: str, *, data: dict[str, Any] | None = None) -> str:
        """Keep a confirmation that has no proof yet, and perhaps never will; return its id."""
        confirmation_id = new_id()
        self._insert(tx, confirmation_id, purpose, address, account_id=None, data=data, proof=None)
        return confirmation_id

    def arm(self, tx: Tx, confirmation_id: str, account_id: str) -> Proof | None:
        """Say whose a reserved confirmation is, and return its proof; None when that was done before."""
        proof = self._new_proof(confirmation_id)
        done = store.arm(
            tx,
            confirmation_id,
            account_id=account_id,
            link_hash=hashing.digest(proof.token),
            code_hash=self._code_hash(proof),
        )
        return proof if done else None

    def renew(self, tx: Tx, confirmation_id: str, purpose: Purpose) -> tuple[Confirmation, Proof] | None:
        """Replace the proof, an expired one too; None when it is too early, or was done too often."""
        now, proof = self._clock(), self._new_proof(confirmation_id)
        row = store.renew(
            tx,
            id=confirmation_id,
            purpose=purpose,
            link_hash=hashing.digest(proof.token),
            code_hash=self._code_hash(proof),
            now=now,
            expires_at=now + self._lifetime(purpose),
            sent_before=now - RESEND_AFTER,
            max_sent=MAX_SENT,
            created_after=now - KEPT,
        )
        return (self._confirmation(row), proof) if row else None

    def consume_link(self, tx: Tx, purpose: Purpose, token: str) -> Confirmation | Unproven:
        """Use a link up. Of any number of calls at once, one gets the confirmation."""
        row = store.consume_link(tx, purpose, hashing.digest(token), now=self._clock())
        return self._confirmation(row) if row else Unproven.SPENT

    def consume_code(self, tx: Tx, confirmation_id: str, purpose: Purpose, code: str) -> Confirmation | Unproven:
        """Use a code up, spaces in it being ignored. Every call counts as an attempt: let its transaction commit."""
        digits = "".join(character for character in code if character.isdecimal())
        row = store.count_attempt_and_consume_code(
            tx,
            confirmation_id,
            purpose,
            self._code_hash(Proof(confirmation_id, "", digits)),
            max_attempts=MAX_ATTEMPTS,
            now=self._clock(),
        )
        if row is None:
            return Unproven.SPENT
        if row["used_at"] is None:
            return Unproven.WRONG if row["attempts"] < MAX_ATTEMPTS else Unproven.SPENT
        return self._confirmation(row)

    def find(self, tx: Tx, confirmation_id: str) -> Confirmation | None:
        """Return a confirmation for the page that asks for its code; the id is whatever came in the address."""
        row = store.find(tx, confirmation_id) if confirmation_id.isalnum() else None
        return self._confirmation(row) if row else None

    def find_by_link(self, tx: Tx, token: str) -> Confirmation | None:
        """Return a confirmation for the page that a link opens, without using it up."""
        row = store.find_by_link(tx, hashing.digest(token))
        return self._confirmation(row) if row else None

    def void(self, tx: Tx, account_id: str, purpose: Purpose) -> None:
        """Make every proof of this kind worthless, because what it was about has changed."""
        store.void(tx, account_id, purpose, now=self._clock())

    def purge(self, tx: Tx) -> int:
        """Forget the old ones, and return how many there were."""
        return store.remove_older(tx, self._clock() - KEPT)

    def _insert(
        self,
        tx: Tx,
        confirmation_id: str,
        purpose: Purpose,
        address: str,
        *,
        account_id: str | None,
        data: dict[str, Any] | None,
        proof: Proof | None,
    ) -> None:
        now = self._clock()
        store.insert(
            tx,
            id=confirmation_id,
            purpose=purpose,
            account_id=account_id,
            address=address,
            link_hash=hashing.digest(proof.token) if proof else None,
            code_hash=self._code_hash(proof) if proof else None,
            now=now,
            expires_at=now + self._lifetime(purpose),
            data=self._sealer.seal(orjson.dumps(data or {}), purpose=_SEALED_FOR),
        )

    def _lifetime(self, purpose: Purpose) -> int:
        return self._lifetimes.reset if purpose is Purpose.RESET_PASSWORD else self._lifetimes.confirmation

    @staticmethod
    def _new_proof(confirmation_id: str) -> Proof:
        return Proof(confirmation_id, hashing.new_secret(), f"{secrets.randbelow(1_000_000):06}")

    def _code_hash(self, proof: Proof) -> str:
        return hmac.digest(self._code_key, f"{proof.confirmation_id} {proof.code}".encode(), "sha256").hex()

    def _confirmation(self, row: Row) -> Confirmation:
        now = self._clock()
        return Confirmation(
            id=row["id"],
            purpose=Purpose(row["purpose"]),
            account_id=row["account_id"],
            address=row["address"],
            data=orjson.loads(self._sealer.open(row["data"], purpose=_SEALED_FOR)),
            open=row["used_at"] is None and row["expires_at"] > now,
            used=row["used_at"] is not None,
            resend_in=max(0, row["sent_at"] + RESEND_AFTER - now),
        )
