"""The only SQL of the inbox. Each function is one transaction, and none reaches another person's messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, false, func, insert, or_, select, text, true, update
from sqlalchemy.orm import load_only

from clients.dashboard.messages import choices, notices
from clients.dashboard.messages.models import Message, MessagePosting
from clients.sso.db import db

MOST_COUNTED = 1_000
"""Unread messages of a service are counted so far, so that a count never takes longer."""
_SWEPT_AT_ONCE = 2_000
_LISTED = (
    Message.number, Message.id, Message.service, Message.unread, Message.archived, Message.high, Message.created_at,
    Message.security, Message.expires_at, Message.subject, Message.preview,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages of a person: those of `service` or of all, in the archive or not, only unread ones, with all of `words`."""

    service: str = ""
    archived: bool = False
    unread: bool = False
    words: tuple[str, ...] = ()


class Sender(NamedTuple):
    """A service that has written to a person; `unread` counts to MOST_COUNTED."""

    service: str
    muted: bool
    unread: int
    email: bool = False
    push: bool = False


def find_posting(service: str, key_hash: str) -> MessagePosting | None:
    """Return what a service posted under that key."""
    statement = select(MessagePosting).where(MessagePosting.service == service, MessagePosting.key_hash == key_hash)
    return db.session.execute(statement).scalar_one_or_none()


def post_once(
    posting: MessagePosting, rows: Sequence[dict[str, Any]], *, told: frozenset[str], most: int, since: int
) -> MessagePosting | None:
    """Store the messages and that they were posted, in one transaction; return the posting that holds for this key.

    With them is stored which are to be told of by mail or push, but for those in `told`.

    None when the service has posted more than `most` after `since`.
    """
    names = ("service", "key_hash", "fingerprint", "ids", "messages", "created_at")
    # First of all, so that of two calls with the same key the second waits for the first.
    first = db.session.execute(
        text(
            f"INSERT INTO message_posting ({', '.join(names)}) VALUES (:{', :'.join(names)})"
            " ON CONFLICT DO NOTHING RETURNING messages"
        ),
        {name: getattr(posting, name) for name in names},
    ).one_or_none()
    if first is None:
        db.session.rollback()
        return find_posting(posting.service, posting.key_hash)
    posted = select(func.sum(MessagePosting.messages)).where(
        MessagePosting.service == posting.service, MessagePosting.created_at > since
    )
    if db.session.execute(posted).scalar_one() > most:
        db.session.rollback()
        return None
    choices.make_known(posting.service, sorted({row["sub"] for row in rows}))
    chosen = choices.of_people(posting.service, [row["sub"] for row in rows])
    muted = {sub for sub, choice in chosen.items() if choice.muted}
    db.session.execute(insert(Message), [row | {"unread": row["security"] or row["sub"] not in muted} for row in rows])
    notices.queue([row for row in rows if row["id"] not in told], chosen, now=posting.created_at)
    db.session.commit()
    return posting


def forget(*, expired_at: int, postings_before: int) -> None:
    """Delete messages that have expired, a good many at a time, and postings that nobody will repeat."""
    expired = select(Message.number).where(Message.expires_at <= expired_at).order_by(Message.expires_at)
    chosen = expired.limit(_SWEPT_AT_ONCE).with_for_update(skip_locked=True)
    for statement in (
        delete(Message).where(Message.number.in_(chosen)),
        delete(MessagePosting).where(MessagePosting.created_at <= postings_before),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


def list_senders(sub: str, now: int) -> list[Sender]:
    """Return the services that have written to a person, with what is unread of each."""
    rows = db.session.execute(
        text(
            "SELECT s.service, s.muted, s.email, s.push, (SELECT count(*) FROM (SELECT 1 FROM message m WHERE m.sub = s.sub"
            " AND m.service = s.service AND m.archived = false AND m.unread = true"
            " AND (m.expires_at IS NULL OR m.expires_at > :now) LIMIT :most) counted)"
            " FROM message_service s WHERE s.sub = :sub ORDER BY s.service"
        ),
        {"sub": sub, "now": now, "most": MOST_COUNTED},
    )
    return [
        Sender(service, bool(muted), unread, bool(email), bool(push)) for service, muted, email, push, unread in rows
    ]


def list_messages(sub: str, wanted: Wanted, now: int, *, before: str = "", most: int) -> Sequence[Message]:
    """Return up to `most` messages, newest first; those older than the message `before`, if that is one of theirs."""
    conditions = _conditions(sub, wanted, now)
    if before:
        older = select(Message.number).where(Message.sub == sub, Message.id == before)
        number = db.session.execute(older).scalar_one_or_none()
        conditions += [Message.number < number] if number is not None else []
    statement = select(Message).options(load_only(*_LISTED, raiseload=True)).where(*conditions)
    return db.session.scalars(statement.order_by(Message.number.desc()).limit(most)).all()


def find_message(sub: str, message_id: str, now: int) -> Message | None:
    """Return one message of that person, as it is now."""
    statement = select(Message).where(Message.sub == sub, Message.id == message_id, _lives(now))
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()


def change_messages(sub: str, message_ids: Sequence[str], **values: bool) -> int:
    """Set `unread` or `archived` of a person's messages; return how many there were."""
    return _change([Message.sub == sub, Message.id.in_(message_ids)], values)


def read_all(sub: str, wanted: Wanted, now: int) -> int:
    """Mark all that are wanted as read; return how many were not."""
    return _change([*_conditions(sub, wanted, now), Message.unread == true()], {"unread": False})


def _change(conditions: Sequence[ColumnElement[bool]], values: dict[str, bool]) -> int:
    statement = update(Message).where(*conditions).values(**values).execution_options(synchronize_session=False)
    changed = db.session.execute(statement).rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return int(changed)


def _conditions(sub: str, wanted: Wanted, now: int) -> list[ColumnElement[bool]]:
    conditions = [Message.sub == sub, Message.archived == (true() if wanted.archived else false()), _lives(now)]
    if wanted.service:
        conditions.append(Message.service == wanted.service)
    if wanted.unread:
        conditions.append(Message.unread == true())
    return conditions + [Message.searched.contains(word, autoescape=True) for word in wanted.words]


def _lives(now: int) -> ColumnElement[bool]:
    return or_(Message.expires_at.is_(None), Message.expires_at > now)
