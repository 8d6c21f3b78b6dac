"""Forgotten username and forgotten password.

The request looks no account up: it leaves a job in the outbox, and `recovery_jobs.py` finds out whom it is about. So page and
timing are the same for everybody, by construction. The code is proven first, and the password asked for afterwards: a password that
is refused uses up no code, and nobody has a password judged or hashed here who hasn't read the mail.
"""

from collections.abc import Callable

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.identifiers import MAX_IDENTIFIER
from idp.accounts.new_password import NewPassword
from idp.accounts.notices import Where
from idp.accounts.passwords import Problem
from idp.accounts.proofs import Confirmation, Purpose, Unproven
from idp.accounts.recovery_jobs import PASSWORD_JOB, USERNAME_JOB
from idp.accounts.sign_in import name_key
from idp.accounts.store import people
from idp.db import Tx


class Recovery:
    """Use cases of getting back in."""

    def __init__(self, common: Common, confirmations: Confirmations, new_password: NewPassword) -> None:
        self._common = common
        self._confirmations = confirmations
        self._new_password = new_password

    def forgot_username(self, address: str, where: Where) -> None:
        """Have the usernames mailed that this address can recover. Raises PageError (429) after too many from one network."""
        address = address[:MAX_IDENTIFIER]
        self._count("recover", address, where)
        with self._common.database.write() as tx:
            self._common.outbox.add(tx, USERNAME_JOB, {"address": address})
            self._common.audit(tx, "recovery.username_asked", None, where)

    def forgot_password(self, identifier: str, where: Where) -> str:
        """Have a proof mailed to who this is; return the id of a confirmation that may never get one.

        Raises PageError (429) after too many from one network.
        """
        identifier = identifier.strip()[:MAX_IDENTIFIER]
        self._count("recover", identifier, where)
        with self._common.database.write() as tx:
            confirmation_id = self._confirmations.reserve(
                tx, Purpose.RESET_PASSWORD, subject=name_key(identifier), data={"identifier": identifier}
            )
            self._common.outbox.add(tx, PASSWORD_JOB, {"identifier": identifier, "confirmation_id": confirmation_id})
            self._common.audit(tx, "recovery.password_asked", None, where)
        return confirmation_id

    def find(self, confirmation_id: str) -> Confirmation | None:
        """Return the reset whose code a page asks for. It says nothing about whether there is an account."""
        return self._reset_or_none(self._confirmations.find(self._common.database.read(), confirmation_id))

    def find_by_link(self, token: str) -> Confirmation | None:
        """Return the open reset that a link is about, without using it up."""
        return self._open_or_none(self._confirmations.find_by_link(self._common.database.read(), token))

    def find_by_proof(self, secret: str) -> Confirmation | None:
        """Return the open reset whose code this browser has proven, without using it up."""
        return self._open_or_none(self._confirmations.find_by_proof(self._common.database.read(), secret))

    def username_of(self, confirmation: Confirmation) -> str:
        """Return whose password a proven link or code sets."""
        account = people.find(self._common.database.read(), confirmation.account_id or "")
        return account["username"] if account else ""

    def min_length(self, confirmation: Confirmation) -> int:
        """Return how many characters the new password has at least."""
        return self._new_password.min_length(confirmation.account_id or "")

    def prove_code(self, confirmation_id: str, code: str, where: Where) -> str | None:
        """Use the code up; return the secret that lets this browser choose a password, None when the code isn't the one.

        One answer, after the same writes, for a wrong code, one that is off or old, and one for nobody: any other would tell who has an
        account. Raises PageError (429) after too many for this request.
        """
        # By the request, whose id only the browser has that asked.
        self._common.brake.count("reset_code", about=confirmation_id, ip=None)
        with self._common.database.write() as tx:
            known = self._confirmations.find(tx, confirmation_id)
            proven = self._confirmations.prove_code(tx, confirmation_id, Purpose.RESET_PASSWORD, code)
            event = "recovery.code_refused" if isinstance(proven, Unproven) else "recovery.code_proven"
            self._common.audit(tx, event, known.account_id if known else None, where)
        return None if isinstance(proven, Unproven) else proven

    def reset_by_proof(self, secret: str, password: str, where: Where) -> Unproven | Problem | None:
        """Set a new password after the code was proven in this browser; None when that is done."""
        known = self._reset_or_none(self._confirmations.find_by_proof(self._common.database.read(), secret))
        return self._reset(
            known,
            lambda tx: self._confirmations.consume_proof(tx, Purpose.RESET_PASSWORD, secret),
            password,
            where,
        )

    def reset_by_link(self, token: str, password: str, where: Where) -> Unproven | Problem | None:
        """Set a new password by the link that was mailed; None when that is done."""
        known = self._reset_or_none(self._confirmations.find_by_link(self._common.database.read(), token))
        return self._reset(
            known,
            lambda tx: self._confirmations.consume_link(tx, Purpose.RESET_PASSWORD, token),
            password,
            where,
        )

    def _reset(
        self,
        known: Confirmation | None,
        consume: Callable[[Tx], Confirmation | Unproven],
        password: str,
        where: Where,
    ) -> Unproven | Problem | None:
        if known is None:
            return Unproven.SPENT
        # Before meter and hash. Only who has read the mail comes this far, so nobody else can make them wait.
        self._common.brake.count("new_password", about=known.id, ip=None)
        if not known.open:
            return self._spent(known, password)
        # A weak password is refused before the proof is used up, so that the person can try another.
        password_hash = self._new_password.prepare(known.account_id or "", password)
        if isinstance(password_hash, Problem):
            return password_hash
        with self._common.database.write() as tx:
            confirmed = consume(tx)
            if isinstance(confirmed, Unproven):
                return self._spent(known, password)
            self._new_password.set_by_mail(tx, confirmed.account_id or "", password_hash, where)
        return None

    def _spent(self, known: Confirmation, password: str) -> Unproven | None:
        """Answer a proof that was used up: like the first of two clicks, if that one has set this password."""
        done = self._new_password.has_just_set(known.account_id or "", password)
        return None if done else Unproven.SPENT

    def _count(self, what: str, about: str, where: Where) -> None:
        # By network: whoever asks for somebody else mustn't keep them from asking. How many mails go out is counted by account.
        self._common.brake.count(what, about=f"{about} {where.ip or ''}", ip=where.ip)

    @staticmethod
    def _reset_or_none(confirmation: Confirmation | None) -> Confirmation | None:
        return confirmation if confirmation and confirmation.purpose is Purpose.RESET_PASSWORD else None

    def _open_or_none(self, confirmation: Confirmation | None) -> Confirmation | None:
        found = self._reset_or_none(confirmation)
        return found if found and found.open else None
