"""SQL of `push_device`."""

from collections.abc import Sequence

from idp.db import Row, Tx

_INSERT = """
INSERT INTO push_device (factor_id, kid, key, subscription, endpoint_hash)
VALUES (:factor_id, :kid, :key, :subscription, :endpoint_hash)
"""
_WITH_PERSON = """
SELECT push_device.*, factor.account_id, factor.name, account.username
FROM push_device JOIN factor ON factor.id = push_device.factor_id JOIN account ON account.id = factor.account_id
WHERE push_device.kid = :kid AND account.status <> 'disabled'
"""
_OF_ACCOUNT = """
SELECT push_device.* FROM push_device JOIN factor ON factor.id = push_device.factor_id
WHERE factor.account_id = :account_id ORDER BY factor.id
"""
_DROP = """
UPDATE push_device SET subscription = NULL, endpoint_hash = NULL
WHERE factor_id = :factor_id AND endpoint_hash = :endpoint_hash
"""


def insert(tx: Tx, **columns: object) -> None:
    """Add a device: `factor_id`, `kid`, `key`, `subscription`, `endpoint_hash`."""
    tx.run(_INSERT, **columns)


def find(tx: Tx, kid: str) -> Row | None:
    """Return the device with this key and whose it is; None when there is none, or the account is closed."""
    return tx.one(_WITH_PERSON, kid=kid)


def by_factor(tx: Tx, factor_id: str) -> Row | None:
    """Return a device, with its account."""
    return tx.one(
        "SELECT push_device.*, factor.account_id FROM push_device JOIN factor ON factor.id = push_device.factor_id"
        " WHERE push_device.factor_id = :factor_id",
        factor_id=factor_id,
    )


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the account's devices, the oldest first."""
    return tx.all(_OF_ACCOUNT, account_id=account_id)


def subscribe(tx: Tx, factor_id: str, subscription: str | None, endpoint_hash: str | None) -> None:
    """Keep where pushes reach it now."""
    tx.run(
        "UPDATE push_device SET subscription = :subscription, endpoint_hash = :endpoint_hash WHERE factor_id = :factor_id",
        factor_id=factor_id,
        subscription=subscription,
        endpoint_hash=endpoint_hash,
    )


def drop_subscription(tx: Tx, factor_id: str, endpoint_hash: str) -> bool:
    """Forget a subscription that has ended; False when the device has another one by now."""
    return tx.run(_DROP, factor_id=factor_id, endpoint_hash=endpoint_hash) == 1
