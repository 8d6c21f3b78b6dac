"""Use cases of recovery codes: make a set, use one up."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.strength import POSSESSION, Proof
from idp.db import Tx
from idp.factors.base import Attempt, Description, Refusal
from idp.factors.recovery_codes import crypto, store
from idp.factors.service import Factors
from keys import Sealer
from keys.errors import BadSealError

NAME = "recovery_codes"
FEW = 3
"""So many codes left are worth a warning."""
_SETUP = "recovery-codes-setup"


class RecoveryCodes:
    """`base.Method` for recovery codes. `size` is how many a set has."""

    name = NAME
    backup = True

    def __init__(self, common: Common, factors: Factors, sealer: Sealer, *, size: int, enrolment_seconds: int) -> None:
        self._common = common
        self._factors = factors
        self._sealer = sealer
        # All of them: printed codes lie in drawers for years, and go on when the root is replaced, until the old one is taken away.
        self._keys = sealer.derive_all("recovery codes")
        self._size = size
        self._enrolment_seconds = enrolment_seconds

    def describe(self) -> Description:
        """Return what people read about it."""
        return Description(_("Recovery codes"), _("Use one of the codes that you have printed or saved."), "document")

    def add_url(self, next_path: str = "") -> str:
        """Return where a set is made."""
        return url_for("recovery_codes.codes", next=next_path or None)

    def left(self, account_id: str) -> int:
        """Return how many unused codes the account has."""
        return store.left(self._common.database.read(), account_id)

    def begin(self, account_id: str, sid: str) -> tuple[tuple[str, ...], str]:
        """Return new codes, and a token that carries them through the forms of this session, sealed. The former set works until `keep`."""
        codes = crypto.new_codes(self._size)
        content = orjson.dumps({"codes": codes, "account": account_id, "sid": sid, "at": self._common.clock()})
        return codes, self._sealer.seal(content, purpose=_SETUP)

    def resume(self, token: str, account_id: str, sid: str) -> tuple[str, ...]:
        """Return the codes that a form carried; none when they aren't this session's or it took too long."""
        try:
            known = orjson.loads(self._sealer.open(token, purpose=_SETUP))
        except (BadSealError, ValueError):
            return ()
        fresh = known["at"] + self._enrolment_seconds > self._common.clock()
        return tuple(known["codes"]) if fresh and (known["account"], known["sid"]) == (account_id, sid) else ()

    def keep(self, account_id: str, codes: tuple[str, ...], where: Where) -> None:
        """Make these the account's codes, in place of those it had. Sent twice, it is done once."""
        stored = [crypto.keyed(self._keys[0], crypto.digest(account_id, code)) for code in codes]
        with self._common.database.write() as tx:
            self._factors.hold(tx, account_id)
            if store.exists(tx, stored[0]):
                return
            store.replace(tx, account_id)
            factor_id = self._factors.add(tx, account_id, NAME, _("Recovery codes"), where)
            for code_hash in stored:
                store.insert(tx, factor_id, code_hash)

    def put_under_key(self, tx: Tx) -> int:
        """Put codes under the key that were stored before there was one; return how many. They stay good: nobody prints anew."""
        former = store.unkeyed(tx)
        for row in former:
            store.put_under_key(tx, row["factor_id"], row["code_hash"], crypto.keyed(self._keys[0], row["code_hash"]))
        return len(former)

    def details(self, account_id: str) -> Mapping[str, str]:
        """Return how many codes are left."""
        left = self.left(account_id)
        text = ngettext("one unused code left", "%(num)d unused codes left", left)
        return {factor.id: text for factor in self._factors.listing(account_id) if factor.method == NAME}

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:
        """Tell how many codes are left."""
        return {"left": self.left(attempt.account_id)}

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Verify `code` and burn it. The person is told, as it may have been stolen."""
        now, where = self._common.clock(), Where(attempt.ip, attempt.user_agent)
        forms = crypto.stored_forms(self._keys, crypto.digest(attempt.account_id, answer.get("code", "")[:100]))
        # The session that follows is waited for, and with it the disk has this as well.
        with self._common.database.write(durable=False) as tx:
            factor_id = store.consume(tx, attempt.account_id, forms, now=now)
            if factor_id is None:
                return Refusal("wrong", message=_("That isn’t one of your unused codes. Check it and type it anew."))
            self._factors.used(tx, factor_id, where)
            left = store.left(tx, attempt.account_id)
            self._common.notices.tell(tx, attempt.account_id, "recovery_code_used", where, left=left)
            self._common.audit(tx, "recovery_code.used", attempt.account_id, where, left=left)
        return Proof(NAME, now, ("otp",), (POSSESSION,))
