"""Interactions: the only SQL of the sign-in flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from flask_babel import gettext as _

from idp.accounts.strength import Proof, read, write
from idp.db import Row, Tx
from idp.errors import PageError
from idp.ids import new_id
from idp.oauth.ports import Asked

_RETRY_SECONDS = 300
_INSERT = """
INSERT INTO interaction (id, browser_digest, former_digest, kind, asked, parameters, created_at, expires_at, chosen_sid,
                         started_sid, account_id, proofs, remember, trust, denied, offer, allowed, network)
SELECT :id, :browser_digest, '', :kind, :asked, :parameters, :now, :expires_at, '', '', '', '[]', 0, 0, 0, 0, 0,
       CAST(:network AS TEXT)
WHERE (SELECT count(*) FROM interaction WHERE network = CAST(:network AS TEXT) AND completed_at IS NULL AND expires_at > :now) < :most
"""
# Of any number of requests that looked at it together, one goes on.
_SAVE = """
UPDATE interaction SET chosen_sid = :chosen_sid, account_id = :account_id, proofs = :proofs, remember = :remember,
                       trust = :trust, denied = :denied, offer = :offer, allowed = :allowed, address_proven_at = :address_proven_at
WHERE id = :id AND browser_digest = :browser_digest AND started_sid = :started_sid AND completed_at IS NULL
"""
_START = """
UPDATE interaction SET started_sid = :sid, chosen_sid = :sid, trust = 0
WHERE id = :id AND started_sid IN ('', :sid) AND completed_at IS NULL
"""
_COMPLETE = """
UPDATE interaction SET completed_at = :now, account_id = '', proofs = '[]', address_proven_at = 0 WHERE completed_at IS NULL AND """


class TooManyOpenError(PageError):
    """Too many people of one network have begun to sign in."""

    def __init__(self) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            _("Too many sign-ins are open"),
            _("Very many people in your network have begun to sign in and not finished. Try again in a few minutes."),
            retry_after=_RETRY_SECONDS,
            detail="too many interactions of one network are open",
        )


@dataclass(frozen=True, slots=True)
class Interaction:
    """A sign-in in progress: for a client (`authorize`) or for a page of the provider itself (`local`)."""

    id: str
    browser_digest: str
    former_digest: str
    """Of the secret that the browser had before the last proof: an answer that crossed that proof is led on, and opens nothing."""
    kind: str
    asked: Asked
    parameters: dict[str, Any]
    expires_at: int
    chosen_sid: str
    started_sid: str
    """The session that it has begun or strengthened; it can't begin another one."""
    account_id: str
    proofs: tuple[Proof, ...]
    remember: bool
    trust: bool
    denied: bool
    offer: bool
    allowed: bool
    completed: bool
    address_proven_at: int
    """When the person has shown that they read the account's mail; 0: not in this sign-in."""


def add(
    tx: Tx,
    *,
    browser_digest: str,
    kind: str,
    asked: Asked,
    parameters: dict[str, Any],
    now: int,
    expires_at: int,
    network: str,
    most: int,
) -> str:
    """Keep a new interaction and return its id; empty, and nothing is kept, when `most` from that network are open."""
    interaction_id = new_id()
    added = tx.run(
        _INSERT,
        id=interaction_id,
        browser_digest=browser_digest,
        kind=kind,
        # orjson reads a dataclass itself, ten times faster than `asdict`.
        asked=orjson.dumps(asked, default=sorted).decode(),
        parameters=orjson.dumps(parameters).decode(),
        now=now,
        expires_at=expires_at,
        network=network,
        most=most,
    )
    return interaction_id if added else ""


def find(tx: Tx, interaction_id: str) -> Interaction | None:
    """Return the interaction, whoever's it is."""
    row = tx.one("SELECT * FROM interaction WHERE id = :id", id=interaction_id)
    return _interaction(row) if row else None


def save(tx: Tx, interaction: Interaction) -> bool:
    """Keep what the person has chosen, proven and allowed; False when another request was quicker, or it is over."""
    return (
        tx.run(
            _SAVE,
            id=interaction.id,
            browser_digest=interaction.browser_digest,
            started_sid=interaction.started_sid,
            chosen_sid=interaction.chosen_sid,
            account_id=interaction.account_id,
            proofs=write(interaction.proofs),
            remember=int(interaction.remember),
            trust=int(interaction.trust),
            denied=int(interaction.denied),
            offer=int(interaction.offer),
            allowed=int(interaction.allowed),
            address_proven_at=interaction.address_proven_at,
        )
        == 1
    )


def start(tx: Tx, interaction_id: str, sid: str) -> bool:
    """Note the session that it begins or strengthens; False when it has begun another one, or is over."""
    return tx.run(_START, id=interaction_id, sid=sid) == 1


def complete(tx: Tx, interaction_id: str, *, now: int) -> bool:
    """Note that it is answered, and forget what was proven in it; False when it was answered before."""
    return tx.run(f"{_COMPLETE} id = :id", id=interaction_id, now=now) == 1


def rebind(tx: Tx, former_digest: str, browser_digest: str) -> None:
    """Let a browser's interactions follow it to its new secret; those that are over still lead on who comes back to them."""
    tx.run(
        "UPDATE interaction SET browser_digest = :digest, former_digest = :former WHERE browser_digest = :former",
        digest=browser_digest,
        former=former_digest,
    )


def end_of_sessions(tx: Tx, sids: Sequence[str], *, now: int) -> None:
    """End what began or strengthened these sessions."""
    for sid in sids:
        tx.run(f"{_COMPLETE} started_sid = :sid", sid=sid, now=now)


def end_of_account(tx: Tx, account_id: str, *, now: int) -> None:
    """End whatever somebody has proven to be this account in."""
    tx.run(f"{_COMPLETE} account_id = :account_id", account_id=account_id, now=now)


def forget_expired(tx: Tx, *, before: int) -> int:
    """Delete interactions that expired before that time."""
    return tx.run("DELETE FROM interaction WHERE expires_at < :before", before=before)


def _interaction(row: Row) -> Interaction:
    asked = orjson.loads(row["asked"])
    for name in ("scope", "acr_values", "methods"):
        asked[name] = tuple(asked.get(name, ()))
    asked["prompt"] = frozenset(asked["prompt"])
    return Interaction(
        id=row["id"],
        browser_digest=row["browser_digest"],
        former_digest=row["former_digest"],
        kind=row["kind"],
        asked=Asked(**asked),
        parameters=orjson.loads(row["parameters"]),
        expires_at=row["expires_at"],
        chosen_sid=row["chosen_sid"],
        started_sid=row["started_sid"],
        account_id=row["account_id"],
        proofs=read(row["proofs"]),
        remember=bool(row["remember"]),
        trust=bool(row["trust"]),
        denied=bool(row["denied"]),
        offer=bool(row["offer"]),
        allowed=bool(row["allowed"]),
        completed=row["completed_at"] is not None,
        address_proven_at=row["address_proven_at"],
    )
