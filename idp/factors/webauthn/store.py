"""SQL of keys and challenges."""

from collections.abc import Sequence

from idp.db import Row, Tx
from idp.factors.webauthn.crypto import NewKey

KEPT_CHALLENGES = 8
"""Of one owner and purpose: tabs, and pages that were reloaded."""

_KEY = "SELECT k.*, f.account_id, f.name, f.created_at, f.last_used_at FROM webauthn_key k JOIN factor f ON f.id = k.factor_id "
_INSERT_KEY = """
INSERT INTO webauthn_key (factor_id, credential_id, public_key, algorithm, sign_count, aaguid, transports, discoverable,
                          backup_eligible, backed_up, attested)
VALUES (:factor_id, :credential_id, :public_key, :algorithm, :sign_count, :aaguid, :transports, :discoverable,
        :backup_eligible, :backed_up, :attested)
ON CONFLICT (credential_id) DO NOTHING
"""
# A counter that stays at nought is not counted at all (WebAuthn Level 3 section 6.1.1).
_USE = """
UPDATE webauthn_key SET sign_count = :sign_count, backed_up = :backed_up
WHERE factor_id = :factor_id AND copied_since IS NULL
  AND (sign_count < :sign_count OR (sign_count = 0 AND :sign_count = 0))
"""
_TRIM = """
DELETE FROM webauthn_challenge WHERE owner = :owner AND purpose = :purpose AND digest NOT IN (
    SELECT digest FROM webauthn_challenge WHERE owner = :owner AND purpose = :purpose
    ORDER BY expires_at DESC, digest LIMIT :kept)
"""


def handle_of(tx: Tx, account_id: str) -> bytes | None:
    """Return by what authenticators know the account, None when it never had a key."""
    row = tx.one("SELECT handle FROM webauthn_user WHERE account_id = :id", id=account_id)
    return bytes(row["handle"]) if row else None


def keep_handle(tx: Tx, account_id: str, proposed: bytes) -> bytes:
    """Return the account's handle; the first one that is proposed stays."""
    tx.run(
        "INSERT INTO webauthn_user (account_id, handle) VALUES (:id, :handle) ON CONFLICT (account_id) DO NOTHING",
        id=account_id,
        handle=proposed,
    )
    return handle_of(tx, account_id) or proposed


def insert_unless_known(tx: Tx, factor_id: str, key: NewKey, *, attested: bool) -> bool:
    """Add a key; False when somebody has registered it."""
    return (
        tx.run(
            _INSERT_KEY,
            factor_id=factor_id,
            credential_id=key.credential_id,
            public_key=key.public_key,
            algorithm=key.algorithm,
            sign_count=key.sign_count,
            aaguid=key.aaguid,
            transports=" ".join(key.transports),
            discoverable=None if key.discoverable is None else int(key.discoverable),
            backup_eligible=int(key.backup_eligible),
            backed_up=int(key.backed_up),
            attested=int(attested),
        )
        == 1
    )


def of_account(tx: Tx, account_id: str) -> Sequence[Row]:
    """Return the account's keys, the oldest first."""
    return tx.all(_KEY + "WHERE f.account_id = :id ORDER BY f.created_at, f.id", id=account_id)


def by_credential(tx: Tx, credential_id: str) -> Row | None:
    """Return the key with that id, whosever it is."""
    return tx.one(_KEY + "WHERE k.credential_id = :id", id=credential_id)


def by_factor(tx: Tx, factor_id: str) -> Row | None:
    """Return the key that hangs on a factor."""
    return tx.one(_KEY + "WHERE k.factor_id = :id", id=factor_id)


def count_use(tx: Tx, factor_id: str, *, sign_count: int, backed_up: bool) -> bool:
    """Move the counter on; False when it didn't go up, or the key is marked as copied. One statement: of two uses with one count one wins."""
    return tx.run(_USE, factor_id=factor_id, sign_count=sign_count, backed_up=int(backed_up)) == 1


def mark_copied(tx: Tx, factor_id: str, *, now: int) -> bool:
    """Note that there are two of it; False when that was known."""
    sql = "UPDATE webauthn_key SET copied_since = :now WHERE factor_id = :id AND copied_since IS NULL"
    return tx.run(sql, id=factor_id, now=now) == 1


def add_challenge(tx: Tx, digest: str, purpose: str, owner: str, *, expires_at: int) -> None:
    """Remember a question; the owner's oldest ones go when there are many."""
    tx.run(
        "INSERT INTO webauthn_challenge (digest, purpose, owner, expires_at) VALUES (:digest, :purpose, :owner, :expires_at)",
        digest=digest,
        purpose=purpose,
        owner=owner,
        expires_at=expires_at,
    )
    tx.run(_TRIM, owner=owner, purpose=purpose, kept=KEPT_CHALLENGES)


def take_challenge(tx: Tx, digest: str, purpose: str, owner: str, *, now: int) -> bool:
    """Use a question up; False when it isn't this owner's, has expired or was answered. One statement: it is answered once."""
    sql = (
        "DELETE FROM webauthn_challenge"
        " WHERE digest = :digest AND purpose = :purpose AND owner = :owner AND expires_at > :now RETURNING digest"
    )
    return tx.one(sql, digest=digest, purpose=purpose, owner=owner, now=now) is not None


def forget_of_owner(tx: Tx, owner: str) -> None:
    """Delete an owner's open questions."""
    tx.run("DELETE FROM webauthn_challenge WHERE owner = :owner", owner=owner)


def forget_expired(tx: Tx, *, now: int) -> int:
    """Delete questions that nobody can answer any more."""
    return tx.run("DELETE FROM webauthn_challenge WHERE expires_at <= :now", now=now)
