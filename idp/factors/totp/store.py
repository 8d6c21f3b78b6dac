"""SQL of `factor_totp`."""

from collections.abc import Sequence

from idp.db import Row, Tx

_OF_ACCOUNT = """
SELECT t.*, f.account_id FROM factor_totp t JOIN factor f ON f.id = t.factor_id WHERE f.account_id = :account_id
"""


def exists(tx: Tx, secret_hash: str) -> bool:
    """Tell whether this secret has been set up."""
    return tx.one("SELECT 1 FROM factor_totp WHERE secret_hash = :hash", hash=secret_hash) is not None


def insert(tx: Tx, **columns: object) -> None:
    """Keep an app: `factor_id`, `secret`, `secret_hash`, `last_step`, `drift`."""
    tx.run(
        "INSERT INTO factor_totp (factor_id, secret, secret_hash, last_step, drift)"
        " VALUES (:factor_id, :secret, :secret_hash, :last_step, :drift)",
        **columns,
    )


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the account's apps."""
    return tx.all(_OF_ACCOUNT, account_id=account_id)


def consume_step(tx: Tx, factor_id: str, *, step: int, drift: int) -> bool:
    """Use a code up; False when it, or a later one, was used before. Atomic: of two at once, one succeeds."""
    return (
        tx.run(
            "UPDATE factor_totp SET last_step = :step, drift = :drift WHERE factor_id = :id AND last_step < :step",
            id=factor_id,
            step=step,
            drift=drift,
        )
        == 1
    )
