"""Signing in with a certificate: as the second step for a known account, or alone where the settings say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from config.provider import ProviderSettings
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.strength import POSSESSION, VERIFIED, Proof
from idp.db import Row, Tx
from idp.errors import PageError
from idp.factors.base import Attempt, Description, Refusal
from idp.factors.certificate import store, words
from idp.factors.service import Factors
from keys import hashing

if TYPE_CHECKING:
    from idp.factors.certificate.crypto import Refused

NAME = "certificate"
PATH = "/certificate/"
"""Where tickets are taken at the address that asks for certificates."""
_TICKET_SECONDS = 15 * 60
_KEPT_SECONDS = 3600
_MAX_WAYS = 100
"""Of one attempt: each may leave a line in the audit trail."""
_GIVEN_BACK: frozenset[str] = frozenset({"none", "unchecked"})


@dataclass(frozen=True, slots=True)
class Identified:
    """Whose certificate it was, and what that proves."""

    account_id: str
    proof: Proof


class Certificates:
    """`base.Method` for certificates, and sign-in without a password."""

    name = NAME
    backup = False

    def __init__(self, common: Common, factors: Factors, settings: ProviderSettings) -> None:
        self._common = common
        self._factors = factors
        self._address = settings.strong.certificate.address or ""
        self._service = settings.services.get("certificates", "")
        self.signs_in_alone = bool(self._address) and settings.strong.certificate.only_step

    def describe(self) -> Description:
        """Return what people read about it."""
        return Description(
            _("Certificate"),
            _("A certificate that an officer has approved, kept in your browser or on a card."),
            "document",
        )

    def add_url(self, next_path: str = "") -> str:
        """Return where one is asked for: at the certificate service, which takes its time."""
        return f"{self._service}/certificates" if self._service else url_for("factors.security", next=next_path or None)

    def details(self, account_id: str) -> Mapping[str, str]:
        """Return until when each is valid, and its number, by its factor's id."""
        rows = store.of_account(self._common.database.read(), account_id)
        return {row["factor_id"]: self._detail(row) for row in rows}

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:
        """Return `url`, where the browser is asked for the certificate of this account."""
        return {"url": self.way(attempt.id, attempt.account_id)}

    def way(self, attempt_id: str, account_id: str = "") -> str:
        """Return an address that asks for a certificate, once, for one attempt; of the account if one is named."""
        ticket = hashing.new_secret()
        # Whoever loses it in a power cut gets another one with the page.
        with self._common.database.write(durable=False) as tx:
            if store.count(tx, attempt_id) >= _MAX_WAYS:
                raise PageError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    _("That was too often"),
                    _("Begin again at the service that you wanted to use, or choose another way to sign in."),
                    detail="one sign-in has asked for a certificate too often",
                )
            store.open_way(
                tx,
                ticket=hashing.digest(ticket),
                attempt=attempt_id,
                account_id=account_id,
                expires_at=self._common.clock() + _TICKET_SECONDS,
            )
        return f"{self._address}{PATH}{ticket}"

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Verify the field `result`, with which the address for certificates has sent the browser back."""
        where = Where(attempt.ip or None, attempt.user_agent or None)
        found = self.redeem(answer.get("result", ""), attempt.id, attempt.account_id, where)
        return found.proof if isinstance(found, Identified) else found

    def redeem(self, result: str, attempt_id: str, account_id: str, where: Where) -> Identified | Refusal:
        """Use a result up; return whose certificate was shown. With an empty `account_id` it may be anybody's."""
        if not result:
            return Refusal("waiting", message=words.nothing())
        digest, now = hashing.digest(result), self._common.clock()
        # The session that follows is waited for, and with it the disk has this as well.
        with self._common.database.write(durable=False) as tx:
            row = store.consume_result(tx, digest, attempt=attempt_id, account_id=account_id, now=now)
            if row is None:
                return self._useless(tx, digest, where)
            if row["refused"]:
                reason = cast("Refused", row["refused"])
                return Refusal("unavailable" if reason in _GIVEN_BACK else "wrong", message=words.refusal(reason))
            known = store.by_factor(tx, row["factor_id"])
            if known is None:
                return Refusal("wrong", message=words.refusal("unknown"))  # removed meanwhile
            if not account_id and not known["last_used_at"]:
                return Refusal("wrong", message=words.first_use())
            self._factors.used(tx, known["factor_id"], where)
        shows = (POSSESSION, VERIFIED) if self.signs_in_alone else (POSSESSION,)
        # "swk": whether the key lies on a card, nobody tells us (RFC 8176 section 2).
        return Identified(known["account_id"], Proof(NAME, now, ("swk",), shows))

    def purge(self, tx: Tx) -> None:
        """Forget ways that nobody can go any more; what was used stays for a while, so that a replay is recognised."""
        store.purge(tx, before=self._common.clock() - _KEPT_SECONDS)

    def _useless(self, tx: Tx, digest: str, where: Where) -> Refusal:
        known = store.find_result(tx, digest)
        if known is None:
            return Refusal("expired", message=words.expired())
        used = known["redeemed_at"] is not None
        reason = "replayed" if used else "late"
        if store.mark_replayed(tx, known["ticket"], now=self._common.clock()):
            self._common.audit(tx, "certificate.refused", known["account_id"] or None, where, reason=reason)
        return Refusal("expired", message=words.replayed() if used else words.expired())

    def _detail(self, row: Row) -> str:
        day = datetime.fromtimestamp(row["not_after"], UTC)
        if row["not_after"] <= self._common.clock():
            return _("expired on %(date)s · number %(serial)s", date=format_date(day, "long"), serial=row["serial"])
        return _("until %(date)s · number %(serial)s", date=format_date(day, "long"), serial=row["serial"])
