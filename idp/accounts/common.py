"""What every use case of people works with."""

from dataclasses import dataclass

from idp import audit
from idp.accounts.brake import Brake
from idp.accounts.notices import Notices, Where
from idp.clock import Clock
from idp.db import Database, Tx
from idp.notify import Outbox


@dataclass(frozen=True, slots=True)
class Common:
    """The database, the time, and the ways to tell people."""

    database: Database
    clock: Clock
    outbox: Outbox
    notices: Notices
    brake: Brake
    base_url: str
    """The provider's public address, where links in mails lead."""

    def link(self, path: str) -> str:
        """Return the address of a page here."""
        return f"{self.base_url}/{path}"

    def audit(self, tx: Tx, event: str, account_id: str | None, where: Where, **detail: object) -> None:
        """Record what happened to an account; best as the transaction's last statement."""
        audit.record(tx, event, at=self.clock(), account_id=account_id, ip=where.ip, detail=detail)
