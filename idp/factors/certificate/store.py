"""SQL of `factor_certificate` and `certificate_sign_in`."""

from collections.abc import Sequence

from idp.db import Row, Tx

KEPT = 8
"""Ways of one attempt that weren't gone: tabs, and pages that were reloaded."""

_CERTIFICATE = "SELECT c.*, f.account_id, f.last_used_at FROM factor_certificate c JOIN factor f ON f.id = c.factor_id "
_INSERT = """
INSERT INTO factor_certificate (factor_id, issuer, serial, fingerprint, not_after)
VALUES (:factor_id, :issuer, :serial, :fingerprint, :not_after)
ON CONFLICT (issuer, serial) DO NOTHING
"""
_OPEN = """
INSERT INTO certificate_sign_in (ticket, attempt, account_id, expires_at)
VALUES (:ticket, :attempt, :account_id, :expires_at)
"""
_TRIM = """
DELETE FROM certificate_sign_in WHERE attempt = :attempt AND used_at IS NULL AND ticket NOT IN (
    SELECT ticket FROM certificate_sign_in WHERE attempt = :attempt AND used_at IS NULL
    ORDER BY expires_at DESC, ticket LIMIT :kept)
"""
_USE = """
UPDATE certificate_sign_in SET used_at = :now WHERE ticket = :ticket AND used_at IS NULL AND expires_at > :now RETURNING *
"""
_ANSWER = """
UPDATE certificate_sign_in SET result = :result, refused = :refused, factor_id = :factor_id, expires_at = :expires_at
WHERE ticket = :ticket
"""
_REDEEM = """
UPDATE certificate_sign_in SET redeemed_at = :now
WHERE result = :result AND attempt = :attempt AND account_id = :account_id AND redeemed_at IS NULL AND expires_at > :now
RETURNING *
"""


def insert_unless_known(tx: Tx, **columns: object) -> bool:
    """Keep a certificate: `factor_id`, `issuer`, `serial`, `fingerprint`, `not_after`; False when somebody has it."""
    return tx.run(_INSERT, **columns) == 1


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the account's certificates."""
    return tx.all(_CERTIFICATE + "WHERE f.account_id = :id", id=account_id)


def by_number(tx: Tx, issuer: str, serial: str) -> Row | None:
    """Return the certificate that has this number from this issuer, with its `account_id`."""
    return tx.one(_CERTIFICATE + "WHERE c.issuer = :issuer AND c.serial = :serial", issuer=issuer, serial=serial)


def by_serial(tx: Tx, serial: str) -> Sequence[Row]:
    """Return those that have this number from any issuer."""
    return tx.all(_CERTIFICATE + "WHERE c.serial = :serial", serial=serial)


def by_factor(tx: Tx, factor_id: str) -> Row | None:
    """Return one."""
    return tx.one(_CERTIFICATE + "WHERE c.factor_id = :id", id=factor_id)


def open_way(tx: Tx, *, ticket: str, attempt: str, account_id: str, expires_at: int) -> None:
    """Note a ticket, by its hash; of one attempt only the newest few are kept."""
    tx.run(_OPEN, ticket=ticket, attempt=attempt, account_id=account_id, expires_at=expires_at)
    tx.run(_TRIM, attempt=attempt, kept=KEPT)


def consume_ticket(tx: Tx, ticket: str, *, now: int) -> Row | None:
    """Use a ticket up; None when it is unknown, has expired or was used. Atomic: of two at once, one gets it."""
    return tx.one(_USE, ticket=ticket, now=now)


def find_ticket(tx: Tx, ticket: str) -> Row | None:
    """Return what is known of a ticket, good or not."""
    return tx.one("SELECT * FROM certificate_sign_in WHERE ticket = :ticket", ticket=ticket)


def answer(tx: Tx, ticket: str, **columns: object) -> None:
    """Note what came of it: `result` (hashed), `refused`, `factor_id`, `expires_at`."""
    tx.run(_ANSWER, ticket=ticket, **columns)


def consume_result(tx: Tx, result: str, *, attempt: str, account_id: str, now: int) -> Row | None:
    """Use a result up; None when it isn't this attempt's, has expired or was used. Atomic: of two at once, one gets it."""
    return tx.one(_REDEEM, result=result, attempt=attempt, account_id=account_id, now=now)


def find_result(tx: Tx, result: str) -> Row | None:
    """Return what is known of a result, good or not."""
    return tx.one("SELECT * FROM certificate_sign_in WHERE result = :result", result=result)


def mark_replayed(tx: Tx, ticket: str, *, now: int) -> bool:
    """Note that a way was gone again, or too late; False when that was known. Atomic."""
    sql = "UPDATE certificate_sign_in SET replayed_at = :now WHERE ticket = :ticket AND replayed_at IS NULL"
    return tx.run(sql, ticket=ticket, now=now) == 1


def count(tx: Tx, attempt: str) -> int:
    """Return how many ways one attempt has had, gone or not."""
    row = tx.one("SELECT count(*) AS ways FROM certificate_sign_in WHERE attempt = :attempt", attempt=attempt)
    return int(row["ways"]) if row else 0


def purge(tx: Tx, *, before: int) -> int:
    """Forget ways that ended before then."""
    return tx.run("DELETE FROM certificate_sign_in WHERE expires_at < :before", before=before)
