"""Signing in with a key: as the second step for a known account, or alone, when the key itself says whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import url_for
from flask_babel import gettext as _

from config.provider import ProviderSettings
from idp.accounts.common import Common
from idp.accounts.models import ACTIVE, LOCKED
from idp.accounts.notices import Where
from idp.accounts.store import people
from idp.accounts.strength import Proof
from idp.db import Tx
from idp.factors.base import Attempt, Description, Refusal
from idp.factors.service import Factors
from idp.factors.webauthn import options, store, words
from idp.factors.webauthn.challenges import Challenges
from idp.factors.webauthn.crypto import Party
from idp.factors.webauthn.details import Details, details, summary
from idp.factors.webauthn.enrolment import NAME, Enrolment
from idp.factors.webauthn.verification import Verification


@dataclass(frozen=True, slots=True)
class Identified:
    """Whose key it was, and what that proves."""

    account_id: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class UnknownKey(Refusal):
    """The key isn't known here, any more perhaps: the browser may forget it (WebAuthn Level 3 section 5.1.10.1)."""

    credential_id: str = ""


class Passkeys:
    """The method (`base.Method`), and sign-in without a password."""

    name = NAME
    backup = False

    def __init__(self, *, common: Common, factors: Factors, settings: ProviderSettings) -> None:
        self._common = common
        self._timeout = settings.strong.webauthn.timeout
        self._life = settings.lifetimes.interaction
        self._challenges = Challenges(common.database, common.clock)
        self.party = Party(
            id=urlsplit(settings.issuer).hostname or "", name=settings.brand.account, origin=settings.issuer
        )
        self._verification = Verification(common, factors, self._challenges, self.party)
        self.enrolment = Enrolment(common, factors, self._challenges, self.party, settings)

    def describe(self) -> Description:
        """Return what people read about it."""
        return Description(
            _("Passkey or security key"),
            _(
                "Your fingerprint, your face or a PIN on your device, or a key that you plug in. Nobody can trick you out of it."
            ),
            "key",
        )

    def add_url(self, next_path: str = "") -> str:
        """Return the address of the page where one is added."""
        return url_for("webauthn.add", next=next_path or None)

    def sign_in_options(self, interaction_id: str, account_id: str = "") -> dict[str, Any]:
        """Return what to ask the browser for on the sign-in page: any key of ours, or one of the account's when it is known."""
        challenge = self._challenges.ask("sign_in", interaction_id, seconds=self._life)
        known = store.of_account(self._common.database.read(), account_id) if account_id else ()
        return options.request(challenge, self.party, known, user_verification=True, timeout_seconds=self._timeout)

    def identify(self, interaction_id: str, credential_json: str, where: Where) -> Identified | Refusal:
        """Return whose key has answered; it must have verified its user, for it stands for two factors."""
        answered = self._verification.answer(credential_json, "sign_in", interaction_id)
        if isinstance(answered, Refusal):
            return answered
        row = store.by_credential(self._common.database.read(), answered.credential_id)
        if row is None:
            return UnknownKey("wrong", message=words.unknown(), credential_id=answered.credential_id)
        # A key that is found without its account being named tells its handle (section 7.2 step 6): nothing else may sign in here.
        if answered.user_handle is None:
            return Refusal("wrong", message=words.second_step_only())
        proven = self._verification.prove(answered, row, where, user_verification=True)
        if isinstance(proven, Refusal):
            return proven
        account = people.find(self._common.database.read(), row["account_id"])
        if account is None or account["status"] != ACTIVE:
            # Said only to who has the key.
            return Refusal("denied", message=words.shut(locked=account is not None and account["status"] == LOCKED))
        return Identified(row["account_id"], proven)

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:
        """Return what to ask the browser for: one of the account's keys."""
        challenge = self._challenges.ask("second_step", attempt.id, seconds=self._life)
        known = store.of_account(self._common.database.read(), attempt.account_id)
        return {
            "options": options.request(
                challenge,
                self.party,
                known,
                user_verification=False,
                timeout_seconds=self._timeout,
                plugged_in=all(details(row).kind == "security_key" for row in known),
            ),
            "names": [row["name"] for row in known],
        }

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Verify the field `credential`."""
        if not answer.get("credential"):
            return Refusal("waiting", message=words.nothing())
        answered = self._verification.answer(answer["credential"], "second_step", attempt.id)
        if isinstance(answered, Refusal):
            return answered
        row = store.by_credential(self._common.database.read(), answered.credential_id)
        if row is None or row["account_id"] != attempt.account_id:
            return Refusal("wrong", message=words.not_yours())
        where = Where(attempt.ip or None, attempt.user_agent or None)
        return self._verification.prove(answered, row, where, user_verification=False)

    def find(self, factor_id: str) -> Details | None:
        """Return what there is to know about a key, None when the factor isn't one."""
        row = store.by_factor(self._common.database.read(), factor_id)
        return details(row) if row else None

    def details(self, account_id: str) -> Mapping[str, str]:
        """Return a line about each key, by its factor's id."""
        rows = store.of_account(self._common.database.read(), account_id)
        return {row["factor_id"]: summary(details(row)) for row in rows}

    def signals(self, account_id: str) -> Mapping[str, Any] | None:
        """Return what browsers' password managers are told (section 5.1.10): which keys count, and today's names; None: never had one."""
        tx = self._common.database.read()
        handle, account = store.handle_of(tx, account_id), people.find(tx, account_id)
        if handle is None or account is None:
            return None
        return {
            "rpId": self.party.id,
            "userId": options.encoded(handle),
            "name": account["username"],
            "displayName": account["name"],
            "allAcceptedCredentialIds": [row["credential_id"] for row in store.of_account(tx, account_id)],
        }

    def withdraw(self, tx: Tx, owner: str) -> None:
        """Forget what a session, or a sign-in, was asked and hasn't answered."""
        self._challenges.withdraw(tx, owner)

    def purge(self, tx: Tx) -> None:
        """Forget what can't be answered any more; call it about once an hour."""
        self._challenges.purge(tx)
