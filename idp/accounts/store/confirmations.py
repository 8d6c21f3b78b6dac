"""SQL of `confirmation`. A proof is consumed by one UPDATE, so that of any number of racing requests one wins."""

from idp.db import Row, Tx

_INSERT = """
INSERT INTO confirmation (id, purpose, account_id, address, link_hash, code_hash, sent_at, expires_at, created_at, data)
VALUES (:id, :purpose, :account_id, :address, :link_hash, :code_hash, :now, :expires_at, :now, :data)
"""

_OPEN = "used_at IS NULL AND expires_at > :now"

_CONSUME_LINK = f"""
UPDATE confirmation SET used_at = :now WHERE link_hash = :hash AND purpose = :purpose AND {_OPEN} RETURNING *
"""

_CONSUME_CODE = f"""
UPDATE confirmation SET used_at = :now
WHERE id = :id AND purpose = :purpose AND code_hash = :code_hash AND {_OPEN} RETURNING *
"""

_PROVE_CODE = f"""
UPDATE confirmation SET code_hash = NULL, proof_hash = :proof_hash,
                        expires_at = CASE WHEN expires_at < :until THEN :until ELSE expires_at END
WHERE id = :id AND purpose = :purpose AND code_hash = :code_hash AND {_OPEN} RETURNING *
"""

_CONSUME_PROOF = f"""
UPDATE confirmation SET used_at = :now WHERE proof_hash = :hash AND purpose = :purpose AND {_OPEN} RETURNING *
"""

_FIND_OPEN = f"""
SELECT * FROM confirmation
WHERE account_id = :account_id AND purpose = :purpose AND code_hash IS NOT NULL AND created_at > :created_after AND {_OPEN}
ORDER BY created_at DESC, id DESC LIMIT 1
"""

_RESEND = """
UPDATE confirmation SET link_hash = :link_hash, code_hash = :code_hash, sent_at = :now, expires_at = :expires_at
WHERE id = :id AND purpose = :purpose AND used_at IS NULL AND sent_at <= :sent_before AND created_at > :created_after
RETURNING *
"""

_PROLONG = """
UPDATE confirmation SET link_hash = :link_hash, code_hash = :code_hash, sent_at = :now, expires_at = :expires_at
WHERE id = :id AND used_at IS NULL AND code_hash IS NOT NULL
"""

_ARM = """
UPDATE confirmation SET account_id = :account_id, link_hash = :link_hash, code_hash = :code_hash
WHERE id = :id AND used_at IS NULL AND account_id IS NULL
"""

_POINT = """
UPDATE confirmation SET account_id = :account_id, same_as = :same_as
WHERE id = :id AND used_at IS NULL AND account_id IS NULL
"""

_PURGE = """
DELETE FROM confirmation WHERE created_at < :created_before OR (purpose = :short_lived AND expires_at < :expired_before)
"""


def insert(tx: Tx, **columns: object) -> None:
    """Keep a new confirmation. Without hashes it can't be confirmed yet, see `arm`."""
    tx.run(_INSERT, **columns)


def consume_link(tx: Tx, purpose: str, link_hash: str, *, now: int) -> Row | None:
    """Use the confirmation up, or return None when it can't be: one winner."""
    return tx.one(_CONSUME_LINK, hash=link_hash, purpose=purpose, now=now)


def consume_code(tx: Tx, confirmation_id: str, purpose: str, code_hash: str, *, now: int) -> Row | None:
    """Use the confirmation up by its code, or return None: one winner. Guesses are counted by the caller, before this."""
    return tx.one(_CONSUME_CODE, id=confirmation_id, purpose=purpose, code_hash=code_hash, now=now)


def prove_code(tx: Tx, confirmation_id: str, purpose: str, code_hash: str, **columns: object) -> Row | None:
    """Use the code up, not the confirmation: whoever has the secret of `proof_hash` goes on, till `until` at least. One winner."""
    return tx.one(_PROVE_CODE, id=confirmation_id, purpose=purpose, code_hash=code_hash, **columns)


def consume_proof(tx: Tx, purpose: str, proof_hash: str, *, now: int) -> Row | None:
    """Use up the confirmation whose code was proven before: one winner."""
    return tx.one(_CONSUME_PROOF, hash=proof_hash, purpose=purpose, now=now)


def leave_proof(tx: Tx, confirmation_id: str, *, account_id: str, proof_hash: str) -> None:
    """Say whose mail a used confirmation was about, and by what the browser shows it in which it was read."""
    tx.run(
        "UPDATE confirmation SET account_id = :account_id, proof_hash = :proof_hash WHERE id = :id AND used_at IS NOT NULL",
        id=confirmation_id,
        account_id=account_id,
        proof_hash=proof_hash,
    )


def take_proof(tx: Tx, account_id: str, proof_hash: str) -> Row | None:
    """Return a used confirmation by what `leave_proof` left of it: once."""
    return tx.one(
        "UPDATE confirmation SET proof_hash = NULL WHERE account_id = :account_id AND proof_hash = :hash AND used_at IS NOT NULL"
        " RETURNING used_at",
        account_id=account_id,
        hash=proof_hash,
    )


def find_open(tx: Tx, account_id: str, purpose: str, *, created_after: int, now: int) -> Row | None:
    """Return what the account has open for this purpose, neither its link nor its code being used."""
    return tx.one(_FIND_OPEN, account_id=account_id, purpose=purpose, created_after=created_after, now=now)


def resend(tx: Tx, **parameters: object) -> Row | None:
    """Note another mail, and open an expired confirmation again; None when it is too early or too late for that."""
    return tx.one(_RESEND, **parameters)


def prolong(tx: Tx, confirmation_id: str, **columns: object) -> None:
    """Note another mail: what it says about the time that is left is true again. The hashes differ only if the key was replaced."""
    tx.run(_PROLONG, id=confirmation_id, **columns)


def arm(tx: Tx, confirmation_id: str, *, account_id: str, link_hash: str, code_hash: str) -> bool:
    """Say afterwards whose confirmation it is, and with what it is confirmed: once."""
    return tx.run(_ARM, id=confirmation_id, account_id=account_id, link_hash=link_hash, code_hash=code_hash) == 1


def point(tx: Tx, confirmation_id: str, *, account_id: str, same_as: str) -> bool:
    """Say afterwards that it is about the same as another one, whose code is taken in its place: once."""
    return tx.run(_POINT, id=confirmation_id, account_id=account_id, same_as=same_as) == 1


def find(tx: Tx, confirmation_id: str) -> Row | None:
    """Return the confirmation."""
    return tx.one("SELECT * FROM confirmation WHERE id = :id", id=confirmation_id)


def find_by_link(tx: Tx, link_hash: str) -> Row | None:
    """Return the confirmation that the link is about, used or expired as it may be."""
    return tx.one("SELECT * FROM confirmation WHERE link_hash = :hash", hash=link_hash)


def find_by_proof(tx: Tx, proof_hash: str) -> Row | None:
    """Return the confirmation whose code was proven, used or expired as it may be."""
    return tx.one("SELECT * FROM confirmation WHERE proof_hash = :hash", hash=proof_hash)


def void(tx: Tx, account_id: str, purpose: str, *, now: int) -> None:
    """Make what was sent before for the same purpose worthless."""
    tx.run(
        "UPDATE confirmation SET used_at = :now WHERE account_id = :id AND purpose = :purpose AND used_at IS NULL",
        id=account_id,
        purpose=purpose,
        now=now,
    )


def purge(tx: Tx, *, created_before: int, short_lived: str, expired_before: int) -> int:
    """Forget old confirmations, and with them the accounts that were never confirmed; those of one purpose soon after they expired."""
    return tx.run(_PURGE, created_before=created_before, short_lived=short_lived, expired_before=expired_before)
