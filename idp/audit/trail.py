"""Writes and verifies the trail: each event carries the SHA-256 of itself and of the one before, so that a change shows.

An event is part of the transaction that it tells about: both are there, or neither. Whoever can write to the database can rebuild the
whole chain; what is proven is that nobody did so behind the back of someone who noted a hash before.
"""

import hashlib
import json
from typing import Any

from idp.db import Row, Tx
from idp.request_id import current

GENESIS = "0" * 64
_HASHED = ("seq", "at", "event", "account_id", "client_id", "actor", "ip", "request_id", "detail", "previous_hash")
_SECRET = ("password", "secret", "token", "code", "cookie", "authorization", "assertion", "verifier")
_PAGE = 1000
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def record(
    tx: Tx,
    event: str,
    *,
    at: int,
    account_id: str | None = None,
    client_id: str | None = None,
    actor: str | None = None,
    ip: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one event, named `subject.verb_in_the_past` (`session.started`), inside the caller's transaction.

    Best as the transaction's last statements: other writers of events queue from here to its commit.
    Raises ValueError when a name in `detail` is a secret's.
    """
    _refuse_secrets(detail or {})
    head = tx.one("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")
    if head is None:
        tx.run(
            "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, :genesis) ON CONFLICT (id) DO NOTHING",
            genesis=GENESIS,
        )
        head = tx.one("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash")
        assert head is not None  # noqa: S101 - the row was there or was just made
    values = {
        "seq": head["seq"],
        "at": at,
        "event": event,
        "account_id": account_id,
        "client_id": client_id,
        "actor": actor,
        "ip": ip,
        "request_id": current(),
        "detail": _canonical(detail or {}),
        "previous_hash": head["hash"],
    }
    hashed = _hash(values)
    tx.run(
        "INSERT INTO audit_event (seq, at, event, account_id, client_id, actor, ip, request_id, detail, previous_hash, hash)"
        " VALUES (:seq, :at, :event, :account_id, :client_id, :actor, :ip, :request_id, :detail, :previous_hash, :hash)",
        **values,
        hash=hashed,
    )
    tx.run("UPDATE audit_head SET hash = :hash WHERE id = 1", hash=hashed)


def verify(tx: Tx) -> int | None:
    """Return the number of the first event that was changed, removed or put in; None: the chain is whole, up to its head."""
    seq, previous = 0, GENESIS
    while rows := tx.all("SELECT * FROM audit_event WHERE seq > :seq ORDER BY seq LIMIT :page", seq=seq, page=_PAGE):
        for row in rows:
            seq += 1
            if row["seq"] != seq or row["previous_hash"] != previous or row["hash"] != _hash(row):
                return seq
            previous = row["hash"]
    head = tx.one("SELECT seq, hash FROM audit_head WHERE id = 1")
    expected = (head["seq"], head["hash"]) if head else (0, GENESIS)
    # Events that were cut off at the end leave no gap, but the head remembers them.
    return None if (seq, previous) == expected else seq + 1


def _hash(values: Row | dict[str, Any]) -> str:
    return hashlib.sha256(_canonical({name: values[name] for name in _HASHED}).encode()).hexdigest()


def _canonical(value: object) -> str:
    return _ENCODER.encode(value)


def _refuse_secrets(detail: dict[str, Any]) -> None:
    for name in detail:
        if name.rpartition("_")[2] in _SECRET:
            raise ValueError(f"{name!r} looks like a secret; the trail keeps none")
