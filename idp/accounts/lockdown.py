"""Lock-down: nobody is signed in any more, and nobody signs in before the owner has set a new password through their mail.

What was done to the ways in since the alarm is undone: an address that was exchanged comes back, a recovery address that was added goes.
Other packages undo their part through `on_lock`. Nothing that the owner had before is lost.
"""

from collections.abc import Callable

from idp.accounts.alarms import Alarm
from idp.accounts.common import Common
from idp.accounts.identifiers import address_key
from idp.accounts.models import PRIMARY, RECOVERY
from idp.accounts.notices import Where
from idp.accounts.revocation import Revocation
from idp.accounts.store import addresses, people
from idp.db import Tx

LockHook = Callable[[Tx, str, int], None]
"""Called with an account and since when what was done to it isn't trusted, in the transaction that locks it."""


class Lockdown:
    """The use cases."""

    def __init__(self, common: Common, revocation: Revocation) -> None:
        self._common = common
        self._revocation = revocation
        self.on_lock: list[LockHook] = []

    def find(self, secret: str) -> Alarm | None:
        """Return what an "It wasn't me" link is about."""
        return self._common.notices.alarms.find(self._common.database.read(), secret)

    def lock_by_link(self, secret: str, where: Where) -> bool:
        """Lock the account that the link is about; False when the link is no longer good."""
        with self._common.database.write() as tx:
            alarm = self._common.notices.alarms.consume(tx, secret)
            if alarm is None:
                return False
            self._restore_address(tx, alarm)
            self.lock(tx, alarm.account_id, where, since=alarm.at)
        return True

    def lock(self, tx: Tx, account_id: str, where: Where, *, since: int | None = None) -> None:
        """Lock an account; what was added to it at `since` or later goes."""
        now = self._common.clock()
        since = now if since is None else since
        people.lock(tx, account_id, now=now)
        self._revocation.revoke(tx, account_id, "locked")
        self._common.notices.alarms.void_since(tx, account_id, since)
        if any(row["role"] == RECOVERY and row["created_at"] >= since for row in addresses.of_account(tx, account_id)):
            addresses.remove_recovery(tx, account_id)
        for hook in self.on_lock:
            hook(tx, account_id, since)
        self._common.notices.tell(
            tx, account_id, "account_locked", where, alarm=False, reset=self._common.link("forgot-password")
        )
        self._common.audit(tx, "account.locked", account_id, where)

    def _restore_address(self, tx: Tx, alarm: Alarm) -> None:
        present = [row["address"] for row in addresses.of_account(tx, alarm.account_id) if row["role"] == PRIMARY]
        if not alarm.address or present == [alarm.address] or self._belongs_to_another(tx, alarm):
            return
        # Whoever exchanges the address reads the alarm of its being changed back, too. The one that was there first stays.
        known = [
            self._common.notices.alarms.first_known(tx, alarm.account_id, each) for each in (*present, alarm.address)
        ]
        if len(known) > 1 and known[0] is not None and known[0] < (known[1] or alarm.at):
            return
        addresses.replace_primary_unless_taken(
            tx, alarm.account_id, alarm.address, address_key(alarm.address), now=self._common.clock()
        )

    def _belongs_to_another(self, tx: Tx, alarm: Alarm) -> bool:
        return addresses.owner_of_primary(tx, address_key(alarm.address)) not in {None, alarm.account_id}
