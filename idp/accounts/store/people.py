"""SQL of `account`."""

from typing import Any

from idp.accounts.models import ACTIVE, LOCKED
from idp.db import Row, Tx

EDITABLE = (
    "name",
    "given_name",
    "family_name",
    "locale",
    "country",
    "time_zone",
    "organization",
    "phone",
    "street",
    "city",
    "region",
    "postal_code",
)
"""The columns that a person changes on the profile page."""

_INSERT = f"""
INSERT INTO account (id, username, username_key, confusable_key, name, password_hash, password_changed_at, password_expires_at,
                     locale, country, roles, status, terms_accepted_at, created_at, updated_at)
VALUES (:id, :username, :username_key, :confusable_key, :name, :password_hash, :now, :password_expires_at,
        :locale, :country, :roles, '{ACTIVE}', :terms_accepted_at, :now, :now)
ON CONFLICT DO NOTHING
"""

_CREDENTIALS = (
    "SELECT a.id, a.username, a.password_hash, a.password_changed_at, a.password_expires_at, a.status FROM account a "
)
_BY_USERNAME = _CREDENTIALS + "WHERE a.username_key = :key"
_BY_ADDRESS = (
    _CREDENTIALS + "JOIN email_address e ON e.account_id = a.id WHERE e.address_key = :key AND e.role = 'primary'"
)

_CLAIMS = f"""
SELECT a.*, e.address FROM account a LEFT JOIN email_address e ON e.account_id = a.id AND e.role = 'primary'
WHERE a.id = :id AND a.status = '{ACTIVE}'
"""


def insert_unless_taken(tx: Tx, **columns: object) -> bool:
    """Create the account, or return False when somebody has the username, or one that looks like it."""
    return tx.run(_INSERT, **columns) == 1


def credentials_by_username(tx: Tx, key: str) -> Row | None:
    """Return id, username, password_hash, password_changed_at, password_expires_at and status."""
    return tx.one(_BY_USERNAME, key=key)


def credentials_by_address(tx: Tx, key: str) -> Row | None:
    """Return the same for the account that has this primary address."""
    return tx.one(_BY_ADDRESS, key=key)


def credentials_by_id(tx: Tx, account_id: str) -> Row | None:
    """Return the same."""
    return tx.one(_CREDENTIALS + "WHERE a.id = :id", id=account_id)


def find(tx: Tx, account_id: str) -> Row | None:
    """Return the account, whatever its status."""
    return tx.one("SELECT * FROM account WHERE id = :id", id=account_id)


def find_active_with_address(tx: Tx, account_id: str) -> Row | None:
    """Return the account and its primary `address`, or None when it is gone or disabled."""
    return tx.one(_CLAIMS, id=account_id)


def username_taken(tx: Tx, key: str, confusable_key: str | None = None) -> bool:
    """Tell whether an account has the username, or one that looks like it."""
    return (
        tx.one(
            "SELECT 1 FROM account WHERE username_key = :key OR confusable_key = :confusable_key",
            key=key,
            confusable_key=confusable_key,
        )
        is not None
    )


def update_profile(tx: Tx, account_id: str, changes: dict[str, Any], *, now: int) -> None:
    """Set some of the `EDITABLE` columns."""
    columns = [column for column in EDITABLE if column in changes]
    assignments = "".join(f"{column} = :{column}, " for column in columns)
    values = {column: changes[column] for column in columns}
    tx.run(f"UPDATE account SET {assignments}updated_at = :now WHERE id = :id", id=account_id, now=now, **values)


def update_password(tx: Tx, account_id: str, password_hash: str, *, now: int, former: str | None = None) -> bool:
    """Set a new password; False when the hash isn't `former` any more."""
    still = " AND password_hash = :former" if former is not None else ""
    sql = "UPDATE account SET password_hash = :hash, password_changed_at = :now, password_expires_at = NULL, password_advice = NULL, updated_at = :now WHERE id = :id"
    values = {"former": former} if former is not None else {}
    return tx.run(sql + still, id=account_id, hash=password_hash, now=now, **values) == 1


def lock(tx: Tx, account_id: str, *, now: int) -> None:
    """Lock an active account."""
    tx.run(
        f"UPDATE account SET status = '{LOCKED}', updated_at = :now WHERE id = :id AND status = '{ACTIVE}'",
        id=account_id,
        now=now,
    )


def unlock(tx: Tx, account_id: str) -> None:
    """Open a locked account; one that was disabled stays so."""
    tx.run(f"UPDATE account SET status = '{ACTIVE}' WHERE id = :id AND status = '{LOCKED}'", id=account_id)


def replace_hash(tx: Tx, account_id: str, *, stale: str, fresh: str) -> None:
    """Set another hash of the same password, unless the password was changed meanwhile."""
    tx.run(
        "UPDATE account SET password_hash = :fresh WHERE id = :id AND password_hash = :stale",
        id=account_id,
        stale=stale,
        fresh=fresh,
    )
