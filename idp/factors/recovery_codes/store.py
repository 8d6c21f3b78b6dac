"""SQL of `factor_recovery_code`."""

from collections.abc import Sequence

from idp.db import Row, Tx

_CONSUME = """
UPDATE factor_recovery_code SET used_at = :now WHERE code_hash IN ({names}) AND used_at IS NULL
    AND factor_id IN (SELECT id FROM factor WHERE account_id = :account_id) RETURNING factor_id
"""
_LEFT = """
SELECT count(*) AS n FROM factor_recovery_code c JOIN factor f ON f.id = c.factor_id
WHERE f.account_id = :account_id AND c.used_at IS NULL
"""


def insert(tx: Tx, factor_id: str, code_hash: str) -> None:
    """Keep a code."""
    tx.run(
        "INSERT INTO factor_recovery_code (factor_id, code_hash, keyed) VALUES (:factor_id, :hash, 1)",
        factor_id=factor_id,
        hash=code_hash,
    )


def exists(tx: Tx, code_hash: str) -> bool:
    """Tell whether this code has been kept."""
    return tx.one("SELECT 1 FROM factor_recovery_code WHERE code_hash = :hash", hash=code_hash) is not None


def consume(tx: Tx, account_id: str, code_hashes: Sequence[str], *, now: int) -> str | None:
    """Use up the code that is stored in one of these forms; return its factor's id, None when there is no such unused code. Atomic."""
    forms = {f"hash_{number}": each for number, each in enumerate(code_hashes)}
    names = ", ".join(f":{name}" for name in forms)
    row = tx.one(_CONSUME.format(names=names), account_id=account_id, now=now, **forms)
    return row["factor_id"] if row else None


def unkeyed(tx: Tx) -> Sequence[Row]:
    """Return the codes that aren't kept under a key yet."""
    return tx.all("SELECT factor_id, code_hash FROM factor_recovery_code WHERE keyed = 0")


def put_under_key(tx: Tx, factor_id: str, code_hash: str, keyed: str) -> None:
    """Replace what is stored of a code, once."""
    tx.run(
        "UPDATE factor_recovery_code SET code_hash = :keyed, keyed = 1"
        " WHERE factor_id = :factor_id AND code_hash = :hash AND keyed = 0",
        factor_id=factor_id,
        hash=code_hash,
        keyed=keyed,
    )


def left(tx: Tx, account_id: str) -> int:
    """Return how many unused codes the account has."""
    row = tx.one(_LEFT, account_id=account_id)
    return row["n"] if row else 0


def replace(tx: Tx, account_id: str) -> None:
    """Delete the sets that the account has."""
    tx.run("DELETE FROM factor WHERE account_id = :account_id AND method = 'recovery_codes'", account_id=account_id)
