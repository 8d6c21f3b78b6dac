"""SQL of `factor`."""

from collections.abc import Sequence

from idp.db import Row, Tx

_INSERT = """
INSERT INTO factor (id, account_id, method, name, created_at) VALUES (:id, :account_id, :method, :name, :now)
"""
_USED = """
UPDATE factor SET last_used_at = :now, last_used_ip = :ip, last_used_agent = :user_agent WHERE id = :id
"""


def insert(tx: Tx, **columns: object) -> None:
    """Add a factor: `id`, `account_id`, `method`, `name`, `now`."""
    tx.run(_INSERT, **columns)


def hold(tx: Tx, account_id: str) -> None:
    """Lock the account's row until `tx` ends; on SQLite whoever writes has the database to themselves."""
    tx.run("UPDATE account SET id = id WHERE id = :id", id=account_id)


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the account's factors, the oldest first."""
    return tx.all("SELECT * FROM factor WHERE account_id = :id ORDER BY created_at, id", id=account_id)


def find(tx: Tx, account_id: str, factor_id: str) -> Row | None:
    """Return one factor of this account."""
    return tx.one(
        "SELECT * FROM factor WHERE id = :id AND account_id = :account_id", id=factor_id, account_id=account_id
    )


def note_use(tx: Tx, factor_id: str, *, now: int, ip: str | None, user_agent: str | None) -> None:
    """Note when and where it was last used."""
    tx.run(_USED, id=factor_id, now=now, ip=ip, user_agent=user_agent and user_agent[:400])


def mark_dead(tx: Tx, factor_id: str, *, now: int) -> bool:
    """Note that it can't be reached any more; False when that was known."""
    return (
        tx.run("UPDATE factor SET dead_since = :now WHERE id = :id AND dead_since IS NULL", id=factor_id, now=now) == 1
    )


def revive(tx: Tx, factor_id: str) -> None:
    """Note that it can be reached again."""
    tx.run("UPDATE factor SET dead_since = NULL WHERE id = :id", id=factor_id)


def rename(tx: Tx, account_id: str, factor_id: str, name: str) -> bool:
    """Give it another name; False when the account has no such factor."""
    return (
        tx.run(
            "UPDATE factor SET name = :name WHERE id = :id AND account_id = :account_id",
            id=factor_id,
            account_id=account_id,
            name=name,
        )
        == 1
    )


def delete(tx: Tx, account_id: str, factor_id: str) -> Row | None:
    """Delete a factor and all that hangs on it; return what it was, None when the account has no such factor."""
    return tx.one(
        "DELETE FROM factor WHERE id = :id AND account_id = :account_id RETURNING *",
        id=factor_id,
        account_id=account_id,
    )


def prefer(tx: Tx, account_id: str, method: str | None) -> None:
    """Keep which method is asked for first."""
    tx.run("UPDATE account SET preferred_method = :method WHERE id = :id", id=account_id, method=method)


def delete_since(tx: Tx, account_id: str, since: int) -> Sequence[Row]:
    """Delete the account's factors that were added at that time or later; return what they were."""
    return tx.all(
        "DELETE FROM factor WHERE account_id = :id AND created_at >= :since RETURNING *", id=account_id, since=since
    )
