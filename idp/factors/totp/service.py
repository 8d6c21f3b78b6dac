"""Use cases of authenticator apps: set one up, verify a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import url_for
from flask_babel import gettext as _

from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.accounts.strength import POSSESSION, Proof
from idp.factors.base import Attempt, Description, Refusal
from idp.factors.service import Factors
from idp.factors.totp import crypto, store
from keys import Sealer, hashing
from keys.errors import BadSealError

NAME = "totp"
_SECRET = "totp"  # noqa: S105  a purpose of sealing
_SETUP = "totp-setup"


@dataclass(frozen=True, slots=True)
class Setup:
    """An app that is being set up: `token` carries it through the form, sealed."""

    secret: str
    uri: str
    token: str


class Totp:
    """`base.Method` for authenticator apps. `issuer` is the name that the app shows."""

    name = NAME
    backup = False

    def __init__(
        self, common: Common, factors: Factors, sealer: Sealer, *, issuer: str, enrolment_seconds: int
    ) -> None:
        self._common = common
        self._factors = factors
        self._sealer = sealer
        self._issuer = issuer
        self._enrolment_seconds = enrolment_seconds

    def describe(self) -> Description:
        """Return what people read about it."""
        return Description(
            _("Authenticator app"), _("Type a code of six digits that an app on your phone shows."), "clock"
        )

    def add_url(self, next_path: str = "") -> str:
        """Return where it is set up."""
        return url_for("totp.add", next=next_path or None)

    def begin(self, account_id: str, username: str, sid: str) -> Setup:
        """Return a new secret for an app, to be confirmed in the same session; nothing is kept until `confirm`."""
        return self._setup(crypto.new_secret(), account_id, username, sid, self._common.clock())

    def resume(self, token: str, account_id: str, username: str, sid: str) -> Setup | None:
        """Return the setup that a form carried, None when it isn't this session's or took too long."""
        try:
            known = orjson.loads(self._sealer.open(token, purpose=_SETUP))
        except (BadSealError, ValueError):
            return None
        if (known["account"], known["sid"]) != (account_id, sid) or known[
            "at"
        ] + self._enrolment_seconds <= self._common.clock():
            return None
        return self._setup(known["secret"], account_id, username, sid, known["at"])

    def confirm(self, setup: Setup, account_id: str, code: str, name: str, where: Where) -> Proof | None:
        """Keep the app if the code is its own; None when it isn't. A form that is sent twice sets up one app."""
        now = self._common.clock()
        step = crypto.matching_step(setup.secret, code, now=now, window=crypto.SETUP_WINDOW)
        if step is None:
            return None
        digest = hashing.digest(setup.secret)
        sealed = self._sealer.seal(setup.secret.encode(), purpose=_SECRET)
        with self._common.database.write() as tx:
            self._factors.hold(tx, account_id)
            if not store.exists(tx, digest):
                factor_id = self._factors.add(tx, account_id, NAME, name or _("Authenticator app"), where)
                store.insert(
                    tx,
                    factor_id=factor_id,
                    secret=sealed,
                    secret_hash=digest,
                    last_step=step,
                    drift=crypto.drift_of(step, now),
                )
        return _proof(now)

    def details(self, account_id: str) -> Mapping[str, str]:  # noqa: ARG002
        """Return nothing: an app has no traits that we know of."""
        return {}

    def ask(self, attempt: Attempt) -> Mapping[str, Any]:  # noqa: ARG002
        """Nothing has to be prepared: the app shows codes by itself."""
        return {}

    def verify(self, attempt: Attempt, answer: Mapping[str, str]) -> Proof | Refusal:
        """Verify `code` against each of the account's apps, and use it up."""
        now, code = self._common.clock(), answer.get("code", "")
        for row in store.of_account(self._common.database.read(), attempt.account_id):
            secret = self._sealer.open(row["secret"], purpose=_SECRET).decode()
            step = crypto.matching_step(secret, code, now=now, drift=row["drift"])
            if step is None:
                continue
            # The session that follows is waited for, and with it the disk has this as well.
            with self._common.database.write(durable=False) as tx:
                if not store.consume_step(tx, row["factor_id"], step=step, drift=crypto.drift_of(step, now)):
                    return Refusal("wrong", message=_("This code was used before. Wait for the next one."))
                self._factors.used(tx, row["factor_id"], Where(attempt.ip, attempt.user_agent))
            return _proof(now)
        return Refusal("wrong", message=_("That isn’t the code that your app shows now. Look again and type it anew."))

    def _setup(self, secret: str, account_id: str, username: str, sid: str, began: int) -> Setup:
        content = orjson.dumps({"secret": secret, "account": account_id, "sid": sid, "at": began})
        return Setup(
            secret=secret,
            uri=crypto.uri(secret, username=username, issuer=self._issuer),
            token=self._sealer.seal(content, purpose=_SETUP),
        )


def _proof(now: int) -> Proof:
    return Proof(NAME, now, ("otp",), (POSSESSION,))
