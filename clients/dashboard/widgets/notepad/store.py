"""The only SQL of the notepad. A change is one atomic statement that names the version it was made from."""

from typing import NamedTuple

from sqlalchemy import select, text

from clients.dashboard.widgets.notepad.models import WidgetNote
from clients.sso.db import db

_FIRST = text(
    "INSERT INTO widget_note (sub, text, version, changed_at) VALUES (:sub, :text, 1, :now)"
    " ON CONFLICT DO NOTHING RETURNING version"
)
_NEXT = text(
    "UPDATE widget_note SET text = :text, version = version + 1, changed_at = :now"
    " WHERE sub = :sub AND version = :version RETURNING version"
)


class Note(NamedTuple):
    """A text and its version; 0 before anything was written."""

    text: str
    version: int


def find(sub: str) -> Note:
    """Return what a person has written."""
    statement = select(WidgetNote.text, WidgetNote.version).where(WidgetNote.sub == sub)
    row = db.session.execute(statement).one_or_none()
    return Note(*row) if row else Note("", 0)


def change(sub: str, written: str, version: int, now: int) -> int | None:
    """Write a text over the version that its writer saw; return its own version, None when there is a newer one."""
    values = {"sub": sub, "text": written, "version": version, "now": now}
    made = db.session.execute(_NEXT if version else _FIRST, values).scalar_one_or_none()
    db.session.commit()
    return made
