"""SQL of `email_address`: confirmed addresses only."""

from collections.abc import Sequence

from idp.accounts.models import ACTIVE, LOCKED, PRIMARY, RECOVERY
from idp.db import Row, Tx
from idp.ids import new_id

_INSERT = """
INSERT INTO email_address (id, account_id, address, address_key, role, confirmed_at, usable_from, cancel_hash, created_at)
VALUES (:id, :account_id, :address, :key, :role, :now, :usable_from, :cancel_hash, :now)
"""

_ACCOUNTS_REACHED = f"""
SELECT a.id, a.username, a.name, a.locale, e.address, e.role FROM account a JOIN email_address e ON e.account_id = a.id
WHERE e.address_key = :key AND (e.usable_from <= :now OR e.role = '{PRIMARY}') AND a.status IN ('{ACTIVE}', '{LOCKED}') ORDER BY e.role, a.id
"""


def insert_primary_unless_taken(
    tx: Tx, account_id: str, address: str, key: str, *, now: int, usable_from: int = 0
) -> bool:
    """Give the account its primary address, or return False when the address belongs to somebody.

    It recovers the account at once; what is `proving` it is from `usable_from` on, at once if that isn't given.
    """
    return (
        tx.run(
            _INSERT + "ON CONFLICT DO NOTHING",
            id=new_id(),
            account_id=account_id,
            address=address,
            key=key,
            role=PRIMARY,
            usable_from=usable_from or now,
            cancel_hash=None,
            now=now,
        )
        == 1
    )


def replace_primary_unless_taken(
    tx: Tx, account_id: str, address: str, key: str, *, now: int, usable_from: int = 0
) -> bool:
    """Exchange the primary address, or return False when the new one belongs to somebody: then roll back."""
    tx.run("DELETE FROM email_address WHERE account_id = :id AND role = 'primary'", id=account_id)
    return insert_primary_unless_taken(tx, account_id, address, key, now=now, usable_from=usable_from)


def insert_recovery(
    tx: Tx, account_id: str, address: str, key: str, *, usable_from: int, cancel_hash: str, now: int
) -> None:
    """Give the account a recovery address; it has none, see `remove_recovery`."""
    tx.run(
        _INSERT,
        id=new_id(),
        account_id=account_id,
        address=address,
        key=key,
        role=RECOVERY,
        usable_from=usable_from,
        cancel_hash=cancel_hash,
        now=now,
    )


def remove_recovery(tx: Tx, account_id: str) -> str | None:
    """Remove the recovery address and return what it was."""
    row = tx.one(
        "DELETE FROM email_address WHERE account_id = :id AND role = 'recovery' RETURNING address", id=account_id
    )
    return row["address"] if row else None


def find_cancellable(tx: Tx, cancel_hash: str) -> Row | None:
    """Return the recovery address that this "it wasn't me" link is about."""
    return tx.one("SELECT * FROM email_address WHERE cancel_hash = :hash AND role = 'recovery'", hash=cancel_hash)


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the primary address and then the recovery address, if there is one."""
    return tx.all("SELECT * FROM email_address WHERE account_id = :id ORDER BY role", id=account_id)


def owner_of_primary(tx: Tx, key: str) -> str | None:
    """Return the id of the account that has this primary address."""
    row = tx.one("SELECT account_id FROM email_address WHERE address_key = :key AND role = 'primary'", key=key)
    return row["account_id"] if row else None


def accounts_reached(tx: Tx, key: str, *, now: int) -> Sequence[Row]:
    """Return the active accounts that may be recovered through this address, its own account first."""
    return tx.all(_ACCOUNTS_REACHED, key=key, now=now)


def usable(tx: Tx, account_id: str, *, now: int) -> Sequence[str]:
    """Return the addresses through which this account may be recovered."""
    rows = of_account(tx, account_id)
    return [row["address"] for row in rows if row["role"] == PRIMARY or row["usable_from"] <= now]


def proving(tx: Tx, account_id: str, *, now: int) -> Sequence[str]:
    """Return the addresses at which who reads them proves to be the account's owner: a new one waits, whatever its role."""
    return [row["address"] for row in of_account(tx, account_id) if row["usable_from"] <= now]
