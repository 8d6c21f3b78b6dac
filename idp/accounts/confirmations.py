"""Proofs that a person reads mail at an address: a link and a code, of which either works, once.

Knows how proofs are made, counted and used up; what happens then is the use case's that asked for it. People open links in other
browsers, and mail scanners open them too: a link only ever shows a page whose button confirms.

An account has one open request for each purpose. Asking again sends the same link and code again, so that nobody can spoil a mail that
is on its way; wrong codes are counted over all requests of an account or address, so that nobody can buy guesses by asking; and when
they are used up, the link still works. The arithmetic is in `docs/codes-by-mail.md`.
"""

from collections.abc import Callable
from typing import Any

import orjson

from config.tuning import DAY, HOUR, Lifetimes
from idp.accounts import mailed_codes
from idp.accounts.identifiers import address_key
from idp.accounts.mail_limits import MailLimits
from idp.accounts.mailed_codes import ProofKey
from idp.accounts.proofs import OF_FACTORS, SHORT_LIVED, Confirmation, Proof, Purpose, Unproven
from idp.accounts.store import confirmations as store
from idp.clock import Clock
from idp.db import Row, Tx
from idp.ids import new_id
from keys import hashing
from keys.sealing import Sealer

RESEND_AFTER = 60
"""Seconds between two mails that are asked for on the page of a request."""
KEPT = 7 * DAY
"""Seconds after which a confirmation is forgotten, and with it an account that nobody confirmed."""
SAME_FOR = DAY
"""Seconds for which asking again sends the same proof; what is asked for later gets a new one, and the former ends when it expires."""
PROVEN_FOR = 15 * 60
"""Seconds at least to choose a password after the code."""

_SEALED_FOR = "confirmation"


class Confirmations:
    """Issues and consumes proofs."""

    def __init__(self, sealer: Sealer, clock: Clock, lifetimes: Lifetimes, limits: MailLimits) -> None:
        self._sealer = sealer
        self._clock = clock
        self._lifetimes = lifetimes
        self._limits = limits
        # Proofs aren't kept: without this key a stolen database gives none away.
        self._key = ProofKey(sealer.derive("confirmations"))

    def request(
        self,
        tx: Tx,
        purpose: Purpose,
        address: str,
        *,
        account_id: str | None = None,
        data: dict[str, Any] | None = None,
        content: bytes = b"",
    ) -> tuple[str, Proof | None]:
        """Open a request, or go on with the account's open one; return its id, and what to mail if another mail is allowed.

        A request about another address takes the place of the former one. Sign-ups are requests of nobody: the same `content`, all that was
        typed, is the same request. What is asked for twice within moments is mailed once.
        """
        now, key = self._clock(), address_key(address)
        made = self._key.request_id(content) if content else new_id()
        repeated = self._limits.is_repeated(tx, f"{purpose} {account_id or made} {key}")
        if content and (row := store.find(tx, made)) is not None:
            if row["used_at"] is None:
                again = None if repeated else self.resend(tx, made, purpose)
                return made, again[1] if again else None
            made = new_id()
        row = self._find_open(tx, account_id, purpose) if account_id else None
        if repeated and row is not None and address_key(row["address"]) == key:
            return row["id"], None
        # Before the open one is looked for again: until the transaction ends this keeps other requests of the same account waiting, so that
        # all of them find one.
        allowed = self._limits.count_mail(tx, purpose, account_id or key)
        row = self._find_open(tx, account_id, purpose) if account_id else None
        if row is not None and address_key(row["address"]) == key:
            confirmation_id = row["id"]
            self._prolong(tx, confirmation_id, purpose)
        else:
            confirmation_id = made
            if account_id and address:
                store.void(tx, account_id, purpose, now=now)
            self._insert(tx, confirmation_id, purpose, address, account_id=account_id, data=data)
        may_mail = allowed and (not address or self._limits.count_mail_to(tx, address, reset=False))
        counted_by = _of_address(address) if address else _of_account(account_id or "", purpose)
        return confirmation_id, self._proof(tx, confirmation_id, counted_by) if may_mail else None

    def reserve(self, tx: Tx, purpose: Purpose, *, subject: str, data: dict[str, Any]) -> str:
        """Keep a request that has no proof yet, and perhaps never will; return its id. Until then wrong codes are counted by `subject`."""
        confirmation_id = new_id()
        data = {**data, "subject": f"name {subject}"}
        self._insert(tx, confirmation_id, purpose, "", account_id=None, data=data, armed=False)
        return confirmation_id

    def arm(
        self, tx: Tx, confirmation_id: str, purpose: Purpose, account_id: str, *, mailed: bool = False
    ) -> Proof | None:
        """Say whose a reserved request is: the code of the account's open one is its code too. Return what to mail.

        None when another mail isn't allowed now, when it was `mailed` moments ago, or when that was done before.
        """
        allowed = not mailed and self._limits.count_mail(tx, purpose, account_id)
        row = self._find_open(tx, account_id, purpose)
        if row is None:
            proven_by = confirmation_id
            done = store.arm(tx, proven_by, account_id=account_id, **self._key.hashes(proven_by))
        else:
            proven_by = row["id"]
            done = store.point(tx, confirmation_id, account_id=account_id, same_as=proven_by)
            if done:
                self._prolong(tx, proven_by, purpose)
        return self._proof(tx, proven_by, _of_account(account_id, purpose)) if done and allowed else None

    def resend(self, tx: Tx, confirmation_id: str, purpose: Purpose) -> tuple[Confirmation, Proof] | None:
        """Return the same proof for another mail, and open an expired request again; None when it is too early, late or often."""
        now = self._clock()
        row = store.resend(
            tx,
            id=confirmation_id,
            purpose=purpose,
            now=now,
            expires_at=now + self._lifetime(purpose),
            sent_before=now - RESEND_AFTER,
            created_after=now - KEPT,
            **self._key.hashes(confirmation_id),
        )
        if row is None:
            return None
        subject = row["account_id"] or address_key(row["address"])
        if not self._limits.count_mail(tx, purpose, subject):
            return None
        if row["address"] and not self._limits.count_mail_to(tx, row["address"], reset=False):
            return None
        return self._confirmation(row), self._proof(tx, confirmation_id, self._subject(row))

    def consume_link(self, tx: Tx, purpose: Purpose, token: str) -> Confirmation | Unproven:
        """Use a link up. Of any number of calls at once, one gets the confirmation."""
        row = store.consume_link(tx, purpose, hashing.digest(token), now=self._clock())
        return self._confirmation(row) if row else Unproven.SPENT

    def consume_code(self, tx: Tx, confirmation_id: str, purpose: Purpose, code: str) -> Confirmation | Unproven:
        """Use a request up by its code. Every wrong one counts: let its transaction commit."""
        now = self._clock()
        return self._look_at(
            tx,
            confirmation_id,
            purpose,
            code,
            lambda request_id, code_hash: store.consume_code(tx, request_id, purpose, code_hash, now=now),
        )

    def prove_code(self, tx: Tx, confirmation_id: str, purpose: Purpose, code: str) -> str | Unproven:
        """Use a code up and return the secret that takes its place in this browser, for `consume_proof`; wrong ones count as above."""
        now, secret = self._clock(), hashing.new_secret()
        found = self._look_at(
            tx,
            confirmation_id,
            purpose,
            code,
            lambda request_id, code_hash: store.prove_code(
                tx,
                request_id,
                purpose,
                code_hash,
                proof_hash=hashing.digest(secret),
                until=now + PROVEN_FOR,
                now=now,
            ),
        )
        return found if isinstance(found, Unproven) else secret

    def consume_proof(self, tx: Tx, purpose: Purpose, secret: str) -> Confirmation | Unproven:
        """Use a request up whose code was proven before."""
        row = store.consume_proof(tx, purpose, hashing.digest(secret), now=self._clock())
        return self._confirmation(row) if row else Unproven.SPENT

    def find(self, tx: Tx, confirmation_id: str) -> Confirmation | None:
        """Return a confirmation for the page that asks for its code; the id is whatever came in the address."""
        row = store.find(tx, confirmation_id) if confirmation_id.isalnum() else None
        return self._confirmation(row) if row else None

    def find_by_link(self, tx: Tx, token: str) -> Confirmation | None:
        """Return a confirmation for the page that a link opens, without using it up."""
        row = store.find_by_link(tx, hashing.digest(token))
        return self._confirmation(row) if row else None

    def find_by_proof(self, tx: Tx, secret: str) -> Confirmation | None:
        """Return the confirmation whose code was proven with this secret as a result, without using it up."""
        row = store.find_by_proof(tx, hashing.digest(secret))
        return self._confirmation(row) if row else None

    def void(self, tx: Tx, account_id: str, *purposes: Purpose) -> None:
        """Make every proof of these kinds worthless, because what it was about has changed."""
        for purpose in purposes:
            store.void(tx, account_id, purpose, now=self._clock())

    def purge(self, tx: Tx) -> int:
        """Forget the old ones, and return how many there were."""
        now = self._clock()
        return store.purge(tx, created_before=now - KEPT, short_lived=Purpose.RESET_PASSWORD, expired_before=now - HOUR)

    def _look_at(
        self, tx: Tx, confirmation_id: str, purpose: Purpose, typed: str, use_up: Callable[[str, str], Row | None]
    ) -> Confirmation | Unproven:
        """Count a code, and only then look at it. The statements are the same whoever it is about, and if it is about nobody."""
        code = mailed_codes.read(typed)
        row = store.find(tx, confirmation_id) if confirmation_id.isalnum() else None
        if row is None or row["purpose"] != purpose:
            return Unproven.SPENT
        if code is None:
            return Unproven.WRONG  # six digits of an old mail, half a code: no guess at one of ours
        subject = self._subject(row)
        if not self._limits.count_code(tx, subject):
            return Unproven.OFF
        request_id = row["same_as"] or row["id"]
        found = use_up(request_id, self._key.code_hash(request_id, code))
        if found is None:
            return Unproven.WRONG if row["used_at"] is None and row["expires_at"] > self._clock() else Unproven.SPENT
        self._limits.code_was_right(tx, subject)
        return self._confirmation(found)

    def _subject(self, row: Row) -> str:
        """Return what wrong codes are counted by: whose password it is, in whatever spelling; else the address that is to be proven."""
        if row["address"]:
            return _of_address(row["address"])
        return _of_account(row["account_id"], row["purpose"]) if row["account_id"] else str(self._data(row)["subject"])

    def _find_open(self, tx: Tx, account_id: str, purpose: Purpose) -> Row | None:
        now = self._clock()
        return store.find_open(tx, account_id, purpose, created_after=now - SAME_FOR, now=now)

    def _insert(
        self,
        tx: Tx,
        confirmation_id: str,
        purpose: Purpose,
        address: str,
        *,
        account_id: str | None,
        data: dict[str, Any] | None,
        armed: bool = True,
    ) -> None:
        now = self._clock()
        hashes = self._key.hashes(confirmation_id) if armed else {"link_hash": None, "code_hash": None}
        store.insert(
            tx,
            id=confirmation_id,
            purpose=purpose,
            account_id=account_id,
            address=address,
            now=now,
            expires_at=now + self._lifetime(purpose),
            data=self._sealer.seal(orjson.dumps(data or {}), purpose=_SEALED_FOR),
            **hashes,
        )

    def _prolong(self, tx: Tx, request_id: str, purpose: Purpose) -> None:
        now, hashes = self._clock(), self._key.hashes(request_id)
        store.prolong(tx, request_id, now=now, expires_at=now + self._lifetime(purpose), **hashes)

    def _lifetime(self, purpose: Purpose) -> int:
        return self._lifetimes.reset if purpose in SHORT_LIVED else self._lifetimes.confirmation

    def _proof(self, tx: Tx, request_id: str, subject: str) -> Proof:
        off = self._limits.is_code_off(tx, subject)
        code = "" if off else mailed_codes.grouped(self._key.code(request_id))
        return Proof(self._key.token(request_id), code, guessed=off)

    def _data(self, row: Row) -> dict[str, Any]:
        return dict(orjson.loads(self._sealer.open(row["data"], purpose=_SEALED_FOR)))

    def _confirmation(self, row: Row) -> Confirmation:
        now = self._clock()
        return Confirmation(
            id=row["id"],
            purpose=Purpose(row["purpose"]),
            account_id=row["account_id"],
            address=row["address"],
            data=self._data(row),
            open=row["used_at"] is None and row["expires_at"] > now,
            used=row["used_at"] is not None,
            resend_in=max(0, row["sent_at"] + RESEND_AFTER - now),
        )


def _of_account(account_id: str, purpose: str) -> str:
    # Anybody can guess at resets. What only somebody with the password can guess at is counted apart, so that a stranger turns no code off.
    return f"{'factors' if purpose in OF_FACTORS else 'account'} {account_id}"


def _of_address(address: str) -> str:
    return f"address {address_key(address)}"
