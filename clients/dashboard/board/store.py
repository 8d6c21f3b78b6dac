"""The only SQL of the board. Each function is one transaction, and each names whose board it is."""

from typing import NamedTuple

from sqlalchemy import and_, or_, select, text, update

from clients.dashboard.board.models import BoardLayout
from clients.sso.db import db


class Change(NamedTuple):
    """A layout that is to be stored: by which open page (`editor`), and its how manyth change it is."""

    layout: str
    keeps_previous: bool
    """Whether what can be undone stays as it is; otherwise it is the layout that this one replaces."""
    editor: str
    sequence: int


def find(sub: str) -> BoardLayout | None:
    """Return a person's board as it is now, None when they have never changed it."""
    statement = select(BoardLayout).where(BoardLayout.sub == sub).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one_or_none()


def begin(sub: str, layout: str, change: Change, now: int) -> bool:
    """Store somebody's first change, with `layout` as what it was made from; False when there is a board already. One statement."""
    names = ("sub", "version", "layout", "previous", "editor", "sequence", "updated_at")
    first = db.session.execute(
        text(
            f"INSERT INTO board_layout ({', '.join(names)}) VALUES (:{', :'.join(names)})"
            " ON CONFLICT DO NOTHING RETURNING version"
        ),
        {
            "sub": sub,
            "version": 1,
            "layout": change.layout,
            "previous": "" if change.keeps_previous else layout,
            "editor": change.editor,
            "sequence": change.sequence,
            "updated_at": now,
        },
    ).one_or_none()
    db.session.commit()
    return first is not None


def change_if(sub: str, version: int, change: Change, now: int) -> bool:
    """Store a change made from `version`, or by the page that wrote last, after its last one; False when neither holds. One statement.

    Of two pages that both began with the same version, one gets it; what a page sends on its way out isn't refused because an
    earlier change of its own was faster.
    """
    own = and_(BoardLayout.editor == change.editor, BoardLayout.sequence < change.sequence)
    statement = (
        update(BoardLayout)
        .where(BoardLayout.sub == sub, or_(BoardLayout.version == version, own))
        .values(
            version=BoardLayout.version + 1,
            layout=change.layout,
            # The right side of SET sees the row as it was.
            previous=BoardLayout.previous if change.keeps_previous else BoardLayout.layout,
            editor=change.editor,
            sequence=change.sequence,
            updated_at=now,
        )
        .returning(BoardLayout.version)
        .execution_options(synchronize_session=False)
    )
    done = db.session.execute(statement).one_or_none()
    db.session.commit()
    return done is not None
