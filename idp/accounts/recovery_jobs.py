"""What the outbox's worker does about forgotten names and passwords: finds out whose they are, and mails them, or nobody."""

from collections.abc import Callable, Mapping
from typing import Any

from idp.accounts.common import Common
from idp.accounts.confirmations import Confirmations
from idp.accounts.identifiers import address_key, username_key
from idp.accounts.mail_limits import MailLimits
from idp.accounts.models import ACTIVE, LOCKED
from idp.accounts.proofs import Purpose
from idp.accounts.store import addresses, people
from idp.db import Database, Tx
from idp.notify.worker import Message

USERNAME_JOB = "accounts.forgotten_username"
PASSWORD_JOB = "accounts.forgotten_password"  # noqa: S105 — no password


class Job:
    """A handler of the worker: runs in one transaction, in which the mails are queued as well."""

    def __init__(self, database: Database, run: Callable[[Tx, Mapping[str, Any]], None]) -> None:
        self._database = database
        self._run = run

    def deliver(self, message: Message) -> None:
        """Do it."""
        with self._database.write() as tx:
            self._run(tx, message.payload)

    def end_batch(self) -> None:
        """Nothing is kept for the batch."""


class RecoveryMails:
    """Mails usernames and proofs."""

    def __init__(self, common: Common, confirmations: Confirmations, limits: MailLimits) -> None:
        self._common = common
        self._limits = limits
        self._confirmations = confirmations

    def mail_usernames(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        """Mail the usernames of the accounts that the address can recover, if there are any."""
        found = addresses.accounts_reached(tx, address_key(payload["address"]), now=self._common.clock())
        if not found or self._limits.is_repeated(tx, f"usernames {found[0]['address']}"):
            return
        if self._limits.count_usernames_to(tx, found[0]["address"]):
            context = {"usernames": [row["username"] for row in found], "sign_in": self._common.base_url}
            self._common.outbox.mail(tx, found[0]["address"], "usernames", found[0]["locale"], context)

    def mail_proof(self, tx: Tx, payload: Mapping[str, Any]) -> None:
        """Mail link and code to the addresses that may reset this person's password, if there is one."""
        for position, (account_id, reached) in enumerate(self._reached(tx, payload["identifier"])):
            account = people.find(tx, account_id)
            to = [one for one in reached if not self._limits.is_repeated(tx, f"reset of {account_id} {one}")]
            # The page waits for one code. A further account with the same recovery address gets a mail with a link only.
            if position == 0:
                request_id = payload["confirmation_id"]
                proof = self._confirmations.arm(tx, request_id, Purpose.RESET_PASSWORD, account_id, mailed=not to)
            else:
                _, proof = self._confirmations.request(tx, Purpose.RESET_PASSWORD, "", account_id=account_id)
            if account is None or proof is None:
                continue  # There were mails enough, and what is in them still works.
            context = {
                "name": account["name"],
                "username": account["username"],
                "code": proof.code if position == 0 else "",
                "guessed": proof.guessed,
                "link": self._common.link(f"reset-password/{proof.token}"),
            }
            for address in to:
                if self._limits.count_mail_to(tx, address, reset=True):
                    self._common.outbox.mail(tx, address, "reset_password", account["locale"], context)

    def _reached(self, tx: Tx, identifier: str) -> list[tuple[str, list[str]]]:
        """Return accounts and where to write: there, if an address was typed; for a username, to all that may recover it."""
        now = self._common.clock()
        if "@" in identifier:
            found = addresses.accounts_reached(tx, address_key(identifier), now=now)
            return [(row["id"], [row["address"]]) for row in found]
        account = people.credentials_by_username(tx, username_key(identifier))
        if account is None or account["status"] not in {ACTIVE, LOCKED}:
            return []
        return [(account["id"], list(addresses.usable(tx, account["id"], now=now)))]


def jobs(common: Common, confirmations: Confirmations, limits: MailLimits) -> Mapping[str, Job]:
    """Return the handlers by kind of message."""
    mails = RecoveryMails(common, confirmations, limits)
    return {
        USERNAME_JOB: Job(common.database, mails.mail_usernames),
        PASSWORD_JOB: Job(common.database, mails.mail_proof),
    }
