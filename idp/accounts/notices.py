"""Mails to a person about what happened to their account: what, when, where, in which browser, in the person's language.

They can't be switched off, they go to every address of the account that could be the last one its owner still reads, and they hold
no link that asks for a password.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from idp.accounts.alarms import Alarms
from idp.accounts.devices import describe
from idp.accounts.places import Places
from idp.accounts.store import addresses, people
from idp.accounts.times import written
from idp.clock import Clock
from idp.db import Tx
from idp.notify import Outbox

TellHook = Callable[[Tx, str, str, str, Mapping[str, object]], None]
"""Account, template, locale, context."""


@dataclass(frozen=True, slots=True)
class Where:
    """From where a request came."""

    ip: str | None
    user_agent: str | None


class Notices:
    """Queues notices, in the transaction of what they are about."""

    def __init__(self, outbox: Outbox, clock: Clock, alarms: Alarms, places: Places, base_url: str) -> None:
        self._outbox = outbox
        self._clock = clock
        self._base_url = base_url
        self.alarms = alarms
        self.places = places
        self.on_tell: list[TellHook] = []
        """Called with each notice, in its transaction: for ways to tell people other than mail."""

    def tell(
        self,
        tx: Tx,
        account_id: str,
        template: str,
        where: Where,
        *,
        also: Iterable[str] = (),
        alarm: bool = True,
        former_address: str = "",
        **context: object,
    ) -> None:
        """Write to all addresses of the account, and to those in `also`: addresses that it has just lost.

        With `alarm` the notice has a link for "It wasn't me" (`wasnt_me`); `former_address` is what that brings back as the account's own.
        """
        account = people.find(tx, account_id)
        if account is None:
            return
        locale = account["locale"]
        known = [row["address"] for row in addresses.of_account(tx, account_id)]
        secret = self.alarms.add(tx, account_id, template, former_address=former_address) if alarm else ""
        full = {
            "name": account["name"],
            "username": account["username"],
            "when": written(self._clock(), locale, account["time_zone"], with_zone=True),
            "where": self.places.describe(where.ip, locale),
            "browser": describe(where.user_agent),
            "wasnt_me": f"{self._base_url}/wasnt-me/{secret}" if secret else "",
            **context,
        }
        for address in dict.fromkeys([*known, *also]):
            self._outbox.mail(tx, address, template, locale, full)
        for hook in self.on_tell:
            hook(tx, account_id, template, locale, full)
