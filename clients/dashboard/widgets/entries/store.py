"""The only SQL of people's own lists. Each function is one transaction, and none reaches another person's list."""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select, text, update

from clients.dashboard.widgets.entries.models import WidgetEntry
from clients.sso.crypto import digest
from clients.sso.db import db

_ADD = text(
    "INSERT INTO widget_entry (id, sub, list, title, value, value_hash, position, created_at)"
    " SELECT :id, CAST(:sub AS VARCHAR), CAST(:list AS VARCHAR), :title, :value, :value_hash, coalesce(max(position), 0) + 1, :now"
    " FROM widget_entry WHERE sub = CAST(:sub AS VARCHAR) AND list = CAST(:list AS VARCHAR) HAVING count(*) < :most"
    " ON CONFLICT DO NOTHING RETURNING id"
)


class FullError(Exception):
    """The list is as long as it may be."""


class ThereAlreadyError(Exception):
    """The list has this already."""


def list_entries(sub: str, name: str) -> Sequence[WidgetEntry]:
    """Return a person's list in its order."""
    statement = select(WidgetEntry).where(WidgetEntry.sub == sub, WidgetEntry.list == name)
    return db.session.scalars(statement.order_by(WidgetEntry.position, WidgetEntry.id)).all()


def add_entry(sub: str, name: str, title: str, value: str, *, most: int, now: int) -> str:
    """Put a line at the end and return its id; raises FullError, ThereAlreadyError."""
    same = (WidgetEntry.sub == sub, WidgetEntry.list == name, WidgetEntry.value_hash == digest(value))
    values = {"id": secrets.token_urlsafe(16), "sub": sub, "list": name, "title": title, "value": value}
    row = db.session.execute(_ADD, values | {"value_hash": digest(value), "now": now, "most": most}).one_or_none()
    if row is None:
        there = db.session.execute(select(WidgetEntry.id).where(*same)).first()
        db.session.rollback()
        raise ThereAlreadyError if there else FullError
    db.session.commit()
    return str(row[0])


def remove_entry(sub: str, name: str, entry_id: str) -> bool:
    """Take a line away; tell whether it was there."""
    mine = (WidgetEntry.sub == sub, WidgetEntry.list == name, WidgetEntry.id == entry_id)
    gone = db.session.execute(delete(WidgetEntry).where(*mine).returning(WidgetEntry.id)).one_or_none()
    db.session.commit()
    return gone is not None


def move_entry(sub: str, name: str, entry_id: str, step: int) -> bool:
    """Move a line by so many places, at most to the end; tell whether it is there."""
    ids = [one.id for one in list_entries(sub, name)]
    if entry_id not in ids:
        db.session.rollback()
        return False
    at = ids.index(entry_id)
    ids.insert(max(0, min(len(ids) - 1, at + step)), ids.pop(at))
    for position, one in enumerate(ids, 1):
        mine = (WidgetEntry.sub == sub, WidgetEntry.list == name, WidgetEntry.id == one)
        db.session.execute(
            update(WidgetEntry).where(*mine).values(position=position).execution_options(synchronize_session=False)
        )
    db.session.commit()
    return True
