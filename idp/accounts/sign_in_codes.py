"""Sign-in confirmed by mail: what is asked beside the password once an account's budget for unknown browsers is used up.

The page answers the same for every password, and nothing is compared before it does: the request leaves a job in the outbox, and the
worker mails a code if the password is right. So a guesser learns nothing, at any speed, and the owner is in within seconds. The code
works once, only in a browser that typed the right password, and never counts for more than the password does.
"""

import hmac
from dataclasses import dataclass
from typing import Any

from idp.accounts import mailed_codes
from idp.accounts.common import Common
from idp.accounts.failure_rate import FailureRate
from idp.accounts.models import ACTIVE, PRIMARY
from idp.accounts.notices import Where
from idp.accounts.sign_in import PasswordSignIn
from idp.accounts.store import addresses, people
from idp.accounts.store import sign_in_codes as store
from idp.db import Row, Tx
from idp.notify.worker import Message
from idp.web.rate_limit import RateLimiter

CODE_JOB = "accounts.sign_in_code"
CODE_SECONDS = 3600
"""Longer than `rate_limits.code_mail` needs for another mail: somebody who has the password can't have all codes expired."""
_MAX_ATTEMPTS = 5
_TOO_LATE = 600
"""Seconds after which a password that waited for the worker isn't looked at any more."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The code was right, and the password before it."""

    account_id: str
    remember: bool


class SignInCodes:
    """The use cases; `deliver` is the worker's (`notify.worker.Handler`)."""

    def __init__(
        self,
        common: Common,
        sign_in: PasswordSignIn,
        limiter: RateLimiter,
        failure_rate: FailureRate,
        key: bytes,
    ) -> None:
        self._common = common
        self._sign_in = sign_in
        self._limiter = limiter
        self._failure_rate = failure_rate
        # In a stolen table, 40 bits without this key could be searched.
        self._key = key

    def request(self, interaction_id: str, identifier: str, password: str, where: Where, *, remember: bool) -> None:
        """Have a code mailed to who this is, if the password is right. The job is sealed, and erased as soon as it was done."""
        now = self._common.clock()
        payload = {
            "interaction_id": interaction_id,
            "identifier": identifier,
            "password": password,
            "ip": where.ip,
            "agent": where.user_agent,
        }
        with self._common.database.write() as tx:
            store.reserve(tx, interaction_id, remember=int(remember), now=now, expires_at=now + CODE_SECONDS)
            self._common.outbox.add(tx, CODE_JOB, payload)

    def is_open(self, interaction_id: str) -> bool:
        """Tell whether a code may be typed in this sign-in. It says nothing about whether there is one."""
        row = store.find(self._common.database.read(), interaction_id)
        return row is not None and self._is_open(row)

    def consume(self, interaction_id: str, code: str) -> Confirmed | None:
        """Use a code up; None when it isn't right, or can't be any more. The attempt is counted before anything is compared."""
        now, digest = self._common.clock(), self._digest(mailed_codes.read(code) or "")
        with self._common.database.write() as tx:
            row = store.count_attempt(tx, interaction_id, now=now, max_attempts=_MAX_ATTEMPTS)
            if row is None:
                return None
            # The same statements whether the password was right: a stranger measures nothing.
            account = people.credentials_by_id(tx, row["account_id"] or "")
            right = store.consume(tx, row["account_id"] or "", digest, now=now)
            # A password that was changed meanwhile isn't the one that was proven.
            if not right or account is None or account["password_changed_at"] != row["password_changed_at"]:
                return None
            store.close(tx, interaction_id, now=now)
        return Confirmed(row["account_id"], bool(row["remember"]))

    def deliver(self, message: Message) -> None:
        """Compare the password, and mail a code to the account's address if it is right."""
        job, now = message.payload, self._common.clock()
        if message.created_at <= now - _TOO_LATE:
            return
        account = self._sign_in.find(job["identifier"])
        right = self._sign_in.matches(account, job["password"])
        where = Where(job["ip"], job["agent"])
        with self._common.database.write() as tx:
            if account is None or not right:
                detail = {"method": "password", "confirmed_by": "mail", "user_agent": where.user_agent}
                self._common.audit(tx, "sign_in.refused", account["id"] if account else None, where, **detail)
                self._failure_rate.count(tx)
            elif account["status"] == ACTIVE and not self._sign_in.is_expired(account):
                self._mail(tx, job["interaction_id"], account, where)

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""

    def purge(self, tx: Tx) -> int:
        """Forget those that have expired."""
        return store.remove_expired(tx, now=self._common.clock())

    def _mail(self, tx: Tx, interaction_id: str, account: Row, where: Where) -> None:
        account_id, code = account["id"], mailed_codes.new_code()
        # Somebody who has the password may ask too often. Then the code of an earlier mail is good here as well.
        mailed = self._limiter.take(tx, self._limiter.bucket("code_mail", account_id)).refused is None
        armed = store.arm(
            tx,
            interaction_id,
            account_id=account_id,
            password_changed_at=account["password_changed_at"],
            code_hash=self._digest(code) if mailed else "",
        )
        if armed and mailed:
            self._send(tx, account_id, code, where)
            self._common.audit(tx, "sign_in.code_sent", account_id, where)

    def _send(self, tx: Tx, account_id: str, code: str, where: Where) -> None:
        person = people.find(tx, account_id)
        to = next((row["address"] for row in addresses.of_account(tx, account_id) if row["role"] == PRIMARY), None)
        if person is None or to is None:
            return
        context: dict[str, Any] = {
            "name": person["name"],
            "code": mailed_codes.grouped(code),
            "where": self._common.notices.places.describe(where.ip, person["locale"]),
            "reset": self._common.link("forgot-password"),
        }
        self._common.outbox.mail(tx, to, "sign_in_code", person["locale"], context)

    def _is_open(self, row: Row) -> bool:
        unused = row["used_at"] is None and row["attempts"] < _MAX_ATTEMPTS
        return unused and bool(row["expires_at"] > self._common.clock())

    def _digest(self, code: str) -> str:
        return hmac.digest(self._key, code.encode(), "sha256").hex()


class GuessingNotice:
    """Handler of `GUESSING_JOB`: tells an account's owner that their password is being guessed, once a week at most."""

    def __init__(self, common: Common, limiter: RateLimiter) -> None:
        self._common = common
        self._limiter = limiter

    def deliver(self, message: Message) -> None:
        """Tell; a job about a stand-in account tells nobody."""
        account_id = message.payload["account_id"]
        if account_id is None:
            return
        with self._common.database.write() as tx:
            if self._limiter.take(tx, self._limiter.bucket("guessing_notice", account_id)).refused:
                return
            where = Where(message.payload["ip"], message.payload["agent"])
            reset = self._common.link("forgot-password")
            # No "It wasn't me" that locks: that it wasn't is clear, and nobody has got in.
            self._common.notices.tell(tx, account_id, "guessing", where, alarm=False, reset=reset)
            self._common.audit(tx, "sign_in.guessing_noticed", account_id, where)

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""
