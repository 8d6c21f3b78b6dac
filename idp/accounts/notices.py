"""Mails to a person about what happened to their account: what, when, where, in which browser, in the person's language.

They can't be switched off, they go to every address of the account that could be the last one its owner still reads, and they hold
no link that asks for a password.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.accounts.devices import describe
from idp.accounts.store import addresses, people
from idp.accounts.times import written
from idp.clock import Clock
from idp.db import Tx
from idp.notify import Outbox


@dataclass(frozen=True, slots=True)
class Where:
    """From where a request came."""

    ip: str | None
    user_agent: str | None


class Notices:
    """Queues notices, in the transaction of what they are about."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    def tell(
        self, tx: Tx, account_id: str, template: str, where: Where, *, also: Iterable[str] = (), **context: object
    ) -> None:
        """Write to all addresses of the account, and to those in `also`: addresses that it has just lost."""
        account = people.find(tx, account_id)
        if account is None:
            return
        locale = account["locale"]
        known = [row["address"] for row in addresses.of_account(tx, account_id)]
        full = {
            "name": account["name"],
            "username": account["username"],
            "when": written(self._clock(), locale, account["time_zone"], with_zone=True),
            "where": where.ip or "",
            "browser": describe(where.user_agent),
            **context,
        }
        for address in dict.fromkeys([*known, *also]):
            self._outbox.mail(tx, address, template, locale, full)
