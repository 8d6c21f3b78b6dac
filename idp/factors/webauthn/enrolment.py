"""Adding a passkey or a security key to an account. The caller makes sure that its owner has just proven to be it."""

import secrets
from dataclasses import dataclass
from typing import Any, Literal

from config.provider import ProviderSettings
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.sessions import Session
from idp.accounts.strength import HARDWARE, POSSESSION, VERIFIED, Proof
from idp.factors.service import Factors
from idp.factors.webauthn import attestation, crypto, options, store
from idp.factors.webauthn.challenges import Challenges
from idp.factors.webauthn.crypto import InvalidAnswerError, NewKey, Party
from idp.factors.webauthn.known_models import proposal

NAME = "webauthn"
_HANDLE_BYTES = 64

Problem = Literal["expired", "invalid", "elsewhere", "known", "unknown_maker", "other_model"]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A key that was added, and what having used it shows."""

    factor_id: str
    proof: Proof


class Enrolment:
    """The use cases."""

    def __init__(
        self, common: Common, factors: Factors, challenges: Challenges, party: Party, settings: ProviderSettings
    ) -> None:
        self._common = common
        self._factors = factors
        self._challenges = challenges
        self._party = party
        self._policy = attestation.policy(settings.strong.webauthn)
        self._timeout = settings.strong.webauthn.timeout
        self._life = settings.strong.enrolment

    def begin(self, session: Session) -> dict[str, dict[str, Any]]:
        """Return what to ask the browser for, by kind of key; all with one challenge, which this session answers once."""
        challenge = self._challenges.ask("enrol", session.sid, seconds=self._life)
        with self._common.database.write() as tx:
            handle = store.keep_handle(tx, session.account_id, secrets.token_bytes(_HANDLE_BYTES))
            known = store.of_account(tx, session.account_id)
        holder = options.Holder(handle, session.username, session.name)
        return {
            kind: options.creation(
                kind,
                challenge,
                self._party,
                holder,
                known,
                attestation=self._policy.ask,
                timeout_seconds=self._timeout,
            )
            for kind in options.KINDS
        }

    def finish(self, session: Session, answer_json: str, where: Where, *, otherwise: str) -> Enrolled | Problem:
        """Add the key that the browser has made, named after its model, or the browser, or `otherwise`. The person is told."""
        try:
            answer = crypto.read(answer_json)
            if not self._challenges.take(answer.challenge, "enrol", session.sid):
                return "expired"
            key = crypto.verify_new(answer, answer.challenge, self._party)
        except InvalidAnswerError as error:
            self._refuse(session, where, error.fault, str(error))
            return "elsewhere" if error.fault == "elsewhere" else "invalid"
        verdict = self._policy.judge(key)
        if verdict == "unknown_maker" or verdict == "other_model":  # noqa: PLR1714 - mypy knows no more after `in`
            self._refuse(session, where, verdict, key.aaguid)
            return verdict
        factor_id = self._add(session, key, where, attested=verdict == "trusted", otherwise=otherwise)
        if factor_id is None:
            return "known"
        shown = proof(
            self._common.clock(),
            user_verified=key.user_verified,
            backup_eligible=key.backup_eligible,
            attested=verdict == "trusted",
        )
        return Enrolled(factor_id, shown)

    def is_repeated(self, session: Session, problem: Problem) -> bool:
        """Tell whether that was a double click: the first one has used the question up, and added the key moments ago."""
        return problem == "expired" and self._factors.has_just_added(session.account_id, NAME)

    def _add(self, session: Session, key: NewKey, where: Where, *, attested: bool, otherwise: str) -> str | None:
        taken = {factor.name for factor in self._factors.listing(session.account_id)}
        name = proposal(key.aaguid, where.user_agent, otherwise=otherwise, taken=taken)
        try:
            with self._common.database.write() as tx:
                factor_id = self._factors.add(tx, session.account_id, NAME, name, where)
                if not store.insert_unless_known(tx, factor_id, key, attested=attested):
                    raise _KnownError  # noqa: TRY301 - it is the transaction that it ends
        except _KnownError:
            return None
        return factor_id

    def _refuse(self, session: Session, where: Where, reason: str, detail: str) -> None:
        with self._common.database.write() as tx:
            self._common.audit(
                tx, "factor.refused", session.account_id, where, method=NAME, reason=reason, detail=detail
            )


class _KnownError(Exception):
    """The key is registered already; undoes the transaction."""


def proof(now: int, *, user_verified: bool, backup_eligible: bool, attested: bool) -> Proof:
    """Return what using a key proves (RFC 8176 section 2: a key in hardware or in software, and a present user)."""
    shows = [POSSESSION]
    if user_verified:
        shows.append(VERIFIED)
    if attested:
        shows.append(HARDWARE)
    return Proof(NAME, now, ("swk" if backup_eligible else "hwk", "user"), tuple(shows))
