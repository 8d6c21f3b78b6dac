"""What people have enrolled, whatever its method: added, renamed, removed, each with its notice and its audit event."""

from dataclasses import dataclass

from config.tuning import REPEATED_WITHIN
from idp.accounts.common import Common
from idp.accounts.notices import Where
from idp.db import Row, Tx
from idp.factors import store
from idp.ids import new_id

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that a person has enrolled."""

    id: str
    account_id: str
    method: str
    name: str
    created_at: int
    last_used_at: int | None
    last_used_ip: str | None
    last_used_agent: str | None
    dead: bool
    """It can't be reached any more."""


class Factors:
    """The use cases. Functions that take `tx` join the caller's transaction, in which the method's own rows are written."""

    def __init__(self, common: Common) -> None:
        self._common = common

    def listing(self, account_id: str) -> list[Factor]:
        """Return what the account has enrolled, the oldest first."""
        return [_factor(row) for row in store.of_account(self._common.database.read(), account_id)]

    def find(self, account_id: str, factor_id: str) -> Factor | None:
        """Return one of the account's factors."""
        row = store.find(self._common.database.read(), account_id, factor_id)
        return _factor(row) if row else None

    def hold(self, tx: Tx, account_id: str) -> None:
        """Let others wait who add to the account's factors, until `tx` ends: what is looked at then is as it stays."""
        store.hold(tx, account_id)

    def has_just_added(self, account_id: str, method: str) -> bool:
        """Tell whether a factor of the method was added moments ago: what can't be done any more was done by the first of two clicks."""
        since = self._common.clock() - REPEATED_WITHIN
        return any(one.method == method and one.created_at > since for one in self.listing(account_id))

    def add(self, tx: Tx, account_id: str, method: str, name: str, where: Where) -> str:
        """Add a factor under a name for people; return its id. The person is told."""
        factor_id, name = new_id(), " ".join(name.split())[:NAME_LENGTH]
        store.insert(tx, id=factor_id, account_id=account_id, method=method, name=name, now=self._common.clock())
        self._common.notices.tell(tx, account_id, "factor_added", where, factor=name, method=method)
        self._common.audit(tx, "factor.added", account_id, where, method=method, factor=factor_id)
        return factor_id

    def used(self, tx: Tx, factor_id: str, where: Where) -> None:
        """Note that it has just proven somebody."""
        store.note_use(tx, factor_id, now=self._common.clock(), ip=where.ip, user_agent=where.user_agent)

    def lost(self, tx: Tx, factor: Factor, where: Where) -> None:
        """Note that it can't be reached any more, and tell the person, once."""
        if store.mark_dead(tx, factor.id, now=self._common.clock()):
            self._common.notices.tell(tx, factor.account_id, "factor_lost", where, factor=factor.name)
            self._common.audit(tx, "factor.lost", factor.account_id, where, method=factor.method, factor=factor.id)

    def found(self, tx: Tx, factor_id: str) -> None:
        """Note that it can be reached again."""
        store.revive(tx, factor_id)

    def rename(self, account_id: str, factor_id: str, name: str, where: Where) -> bool:
        """Give it another name; False when the account has no such factor."""
        with self._common.database.write() as tx:
            renamed = store.rename(tx, account_id, factor_id, " ".join(name.split())[:NAME_LENGTH])
            if renamed:
                self._common.audit(tx, "factor.renamed", account_id, where, factor=factor_id)
        return renamed

    def prefer(self, tx: Tx, account_id: str, method: str | None) -> None:
        """Ask for this method first from now on; None: in the usual order."""
        store.prefer(tx, account_id, method)

    def undo(self, tx: Tx, account_id: str, since: int) -> None:
        """Remove what was enrolled at that time or later."""
        for row in store.delete_since(tx, account_id, since):
            detail = {"method": row["method"], "factor": row["id"]}
            self._common.audit(tx, "factor.undone", account_id, Where(None, None), **detail)

    def remove(self, account_id: str, factor_id: str, where: Where) -> Factor | None:
        """Remove it with all that its method keeps; return what it was. The person is told."""
        with self._common.database.write() as tx:
            row = store.delete(tx, account_id, factor_id)
            if row is None:
                return None
            factor = _factor(row)
            self._common.notices.tell(tx, account_id, "factor_removed", where, factor=factor.name, method=factor.method)
            self._common.audit(tx, "factor.removed", account_id, where, method=factor.method, factor=factor_id)
        return factor


def _factor(row: Row) -> Factor:
    return Factor(
        id=row["id"],
        account_id=row["account_id"],
        method=row["method"],
        name=row["name"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        last_used_ip=row["last_used_ip"],
        last_used_agent=row["last_used_agent"],
        dead=row["dead_since"] is not None,
    )
