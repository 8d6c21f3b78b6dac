"""Whether an answer proves that its key was used, now, by its owner; and what happens when the key turns out to have a copy."""

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.strength import Proof
from idp.db import Row
from idp.factors.base import Refusal
from idp.factors.service import Factors
from idp.factors.webauthn import crypto, store, words
from idp.factors.webauthn.challenges import Challenges, Purpose
from idp.factors.webauthn.crypto import Answer, InvalidAnswerError, Party, Use
from idp.factors.webauthn.enrolment import NAME, proof


class Verification:
    """The steps of a sign-in with a key, in their order: the question is used up before anything is looked at."""

    def __init__(self, common: Common, factors: Factors, challenges: Challenges, party: Party) -> None:
        self._common = common
        self._factors = factors
        self._challenges = challenges
        self._party = party

    def answer(self, text: str, purpose: Purpose, owner: str) -> Answer | Refusal:
        """Read what a browser has sent, and use up the question that it answers."""
        try:
            answer = crypto.read(text)
        except InvalidAnswerError as error:
            return Refusal("wrong", message=words.invalid(error.fault))
        if not self._challenges.take(answer.challenge, purpose, owner):
            return Refusal("expired", message=words.expired())
        return answer

    def prove(self, answer: Answer, row: Row, where: Where, *, user_verification: bool) -> Proof | Refusal:
        """Verify an answer against the key that it names, and note the use."""
        try:
            use = crypto.verify_use(answer, answer.challenge, self._party, bytes(row["public_key"]))
        except InvalidAnswerError as error:
            return Refusal("wrong", message=words.invalid(error.fault))
        if user_verification and not use.user_verified:
            return Refusal("wrong", message=words.not_verified())
        if not self._owned(answer, row, use):
            return Refusal("wrong", message=words.not_yours())
        if not self._counted(row, use, where):
            # Its signature is right, so nothing was guessed.
            return Refusal("unavailable", message=words.copied(row["name"]))
        return proof(
            self._common.clock(),
            user_verified=use.user_verified,
            backup_eligible=use.backup_eligible,
            attested=bool(row["attested"]),
        )

    def _owned(self, answer: Answer, row: Row, use: Use) -> bool:
        """Tell whether the key is the account's that it says (section 7.2 step 6), and of the kind that it was (step 18)."""
        if answer.user_handle is not None:
            handle = store.handle_of(self._common.database.read(), row["account_id"])
            if answer.user_handle != handle:
                return False
        return use.backup_eligible == bool(row["backup_eligible"])

    def _counted(self, row: Row, use: Use, where: Where) -> bool:
        """Note the use; False when the counter went backwards (section 6.1.1): somebody has a copy, and nobody knows who."""
        factor_id = row["factor_id"]
        # The session that follows is waited for, and with it the disk has this as well.
        with self._common.database.write(durable=False) as tx:
            if store.count_use(tx, factor_id, sign_count=use.sign_count, backed_up=use.backed_up):
                self._factors.used(tx, factor_id, where)
                return True
            if store.mark_copied(tx, factor_id, now=self._common.clock()):
                self._common.notices.tell(tx, row["account_id"], "key_cloned", where, factor=row["name"])
                self._common.audit(
                    tx,
                    "factor.copy_suspected",
                    row["account_id"],
                    where,
                    method=NAME,
                    factor=factor_id,
                    counter=use.sign_count,
                    counter_before=row["sign_count"],
                )
        return False
