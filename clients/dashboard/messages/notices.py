"""SQL of the messages that are still to be told of: written with the message, claimed by one worker at a time, deleted when done.

Times are seconds since the epoch. Finishing and putting back only count for the claim that is still in force.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, text, tuple_, update

from clients.dashboard.messages.choices import Choice
from clients.dashboard.messages.models import Message, MessageNotice
from clients.sso.db import db

_CLAIM = """
UPDATE message_notice SET lease_until = :until, attempts = attempts + 1 WHERE message_id IN (
    SELECT message_id FROM message_notice WHERE security = :security AND next_attempt_at <= :now AND lease_until <= :now
    ORDER BY next_attempt_at, message_id LIMIT :most {skip_locked}
) RETURNING message_id, email, push, attempts
"""


class Claimed(NamedTuple):
    """A notice in hand; `attempts` names the claim."""

    message_id: str
    email: bool
    push: bool
    attempts: int


def queue(rows: Iterable[Mapping[str, Any]], chosen: Mapping[str, Choice], *, now: int) -> None:
    """Note, in the caller's transaction, which of these new messages are to be told of."""
    queued = []
    for row in rows:
        choice = chosen.get(row["sub"], Choice())
        email = bool(row["security"] or (choice.email and not choice.muted))
        push = choice.push and (row["security"] or not choice.muted)
        if email or push:
            queued.append({"message_id": row["id"], "email": email, "push": push, "security": row["security"]})
    if queued:
        common = {"created_at": now, "next_attempt_at": now, "attempts": 0, "lease_until": 0}
        db.session.execute(insert(MessageNotice), [one | common for one in queued])


def claim(now: int, *, security: bool, until: int, most: int) -> list[Claimed]:
    """Take up to `most` that are due, about security or all the others, until then; nobody else gets them before that."""
    due = select(MessageNotice.message_id).where(
        MessageNotice.security == security, MessageNotice.next_attempt_at <= now, MessageNotice.lease_until <= now
    )
    # Whoever finds nothing takes no lock for writing.
    if db.session.execute(due.limit(1)).one_or_none() is None:
        db.session.rollback()
        return []
    # On SQLite the writer's lock does it. PostgreSQL would let a second worker wait for rows that it then may not have.
    sql = _CLAIM.format(skip_locked="" if db.engine.dialect.name == "sqlite" else "FOR UPDATE SKIP LOCKED")
    rows = db.session.execute(text(sql), {"security": security, "now": now, "until": until, "most": most}).all()
    db.session.commit()
    return [Claimed(message_id, bool(email), bool(push), attempts) for message_id, email, push, attempts in rows]


def messages_of(claimed: Sequence[Claimed], now: int) -> dict[str, Message]:
    """Return those messages that are worth telling of: still there, not expired, and nobody has read them meanwhile."""
    statement = select(Message).where(Message.id.in_([one.message_id for one in claimed]))
    found = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return {
        one.id: one
        for one in found
        if (one.unread or one.security) and (one.expires_at is None or one.expires_at > now)
    }


def finish(claimed: Iterable[Claimed]) -> None:
    """Forget notices: they are delivered, or never will be."""
    _run(delete(MessageNotice), claimed)


def put_back(claimed: Sequence[Claimed], at: int, *, give_up: int) -> None:
    """Let notices be tried again from then on; those from before `give_up` never."""
    _run(delete(MessageNotice).where(MessageNotice.created_at <= give_up), claimed)
    _run(update(MessageNotice).values(lease_until=0, next_attempt_at=at), claimed)


def _run(statement: Any, claimed: Iterable[Claimed]) -> None:  # noqa: ANN401 - an update or a delete
    keys = [(one.message_id, one.attempts) for one in claimed]
    if keys:
        in_force = tuple_(MessageNotice.message_id, MessageNotice.attempts).in_(keys)
        db.session.execute(statement.where(in_force).execution_options(synchronize_session=False))
        db.session.commit()
