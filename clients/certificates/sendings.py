"""What others have to be told: the SQL of the queue, and what goes into it. Adding belongs into the transaction of what caused it."""

import json
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select, text, update

from clients.certificates.models import Certificate, Sending
from clients.sso.db import db

SETTINGS = "/certificates/messages"
"""Leads to where people choose what they get; a mail's links are all at the service that has it sent."""
KINDS = ("message", "notice", "add", "remove")
_CLAIM = text(
    "UPDATE certificate_sending SET due_at = :until, attempts = attempts + 1 WHERE id IN"
    " (SELECT id FROM certificate_sending WHERE kind = :kind AND due_at <= :now ORDER BY due_at LIMIT :most)"
    " AND due_at <= :now RETURNING id, kind, payload, attempts, created_at"
)


class Claimed(NamedTuple):
    """A sending that this process has for a while; `attempts` names the claim."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    created_at: int


def message(sub: str, subject: str, body: str, link: str, now: int) -> None:
    """Have a message put into a person's inbox, and a mail sent that leads straight to `link`, a page of this service.

    The mail comes whatever they have chosen for their inbox: what concerns a certificate concerns their security.
    """
    _add("message", {"sub": sub, "subject": subject, "body": body, "link": link}, now)
    _add("notice", {"sub": sub, "subject": subject, "link": link}, now)


def registration(certificate: Certificate, now: int) -> None:
    """Have the provider told that a person can sign in with this certificate."""
    _add("add", {"sub": certificate.sub, "serial": certificate.serial}, now)


def removal(certificate: Certificate, now: int) -> None:
    """Have the provider told that nobody signs in with it any more."""
    _add("remove", {"serial": certificate.serial}, now)


def claim(kind: str, now: int, until: int, *, most: int) -> Sequence[Claimed]:
    """Return what is due of a kind, for the caller alone until then."""
    # Whoever finds nothing takes no lock for writing.
    if (
        db.session.execute(select(Sending.id).where(Sending.kind == kind, Sending.due_at <= now).limit(1)).first()
        is None
    ):
        db.session.rollback()
        return []
    rows = db.session.execute(_CLAIM, {"kind": kind, "now": now, "until": until, "most": most}).all()
    db.session.commit()
    return [Claimed(row.id, row.kind, json.loads(row.payload), row.attempts, row.created_at) for row in rows]


def finish(claimed: Claimed) -> None:
    """Forget what was sent, or what nobody will take, if the claim is still in force."""
    _run(delete(Sending), claimed)


def put_back(claimed: Claimed, due_at: int) -> None:
    """Have it sent again later, if the claim is still in force."""
    _run(update(Sending).values(due_at=due_at), claimed)


def is_waiting(serial: str) -> bool:
    """Tell whether the provider hasn't been told of a certificate yet."""
    kinds = select(Sending.id).where(Sending.kind == "add", Sending.payload.contains(f'"{serial}"'))
    return db.session.execute(kinds).first() is not None


def _run(statement: Any, claimed: Claimed) -> None:  # noqa: ANN401 - an update or a delete
    in_force = (Sending.id == claimed.id, Sending.attempts == claimed.attempts)
    db.session.execute(statement.where(*in_force).execution_options(synchronize_session=False))
    db.session.commit()


def _add(kind: str, payload: dict[str, Any], now: int) -> None:
    text_ = json.dumps(payload)
    db.session.add(
        Sending(id=secrets.token_urlsafe(16), kind=kind, payload=text_, due_at=now, attempts=0, created_at=now)
    )
