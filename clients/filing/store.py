"""The only SQL of Filing. Each function is one transaction, and none reaches another person's drafts."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from clients.filing.models import Draft
from clients.sso.db import db


def list_drafts(sub: str) -> Sequence[Draft]:
    """Return a person's drafts, the last changed first."""
    return db.session.scalars(select(Draft).where(Draft.sub == sub).order_by(Draft.updated_at.desc(), Draft.id)).all()


def count_drafts(sub: str) -> int:
    """Return how many drafts a person has."""
    return db.session.execute(select(func.count()).select_from(Draft).where(Draft.sub == sub)).scalar_one()


def find_draft(sub: str, draft_id: str) -> Draft | None:
    """Return one draft of that person, as it is now."""
    statement = select(Draft).where(Draft.sub == sub, Draft.id == draft_id).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one_or_none()


def find_submission(sub: str, submission: str) -> Draft | None:
    """Return the draft that a form or call made."""
    statement = select(Draft).where(Draft.sub == sub, Draft.submission == submission)
    # Of two calls at the same moment the second has to see what the first has made.
    return db.session.execute(statement).scalar_one_or_none()


def add_draft(draft: Draft) -> bool:
    """Save a new draft; False when its reference or its submission exists already."""
    db.session.add(draft)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return True


def change_draft(sub: str, draft_id: str, version: int | None, values: Mapping[str, str], *, now: int) -> bool:
    """Change a draft, if a version is named only at that one; in one statement: of two people with the same version one gets through."""
    wanted = [Draft.sub == sub, Draft.id == draft_id, *([] if version is None else [Draft.version == version])]
    changed = db.session.execute(
        update(Draft)
        .where(*wanted)
        .values(**values, version=Draft.version + 1, updated_at=now)
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    db.session.commit()
    return changed is not None


def delete_draft(sub: str, draft_id: str, version: int | None) -> bool:
    """Delete a draft, if a version is named only at that one; tell whether there was one to delete."""
    wanted = [Draft.sub == sub, Draft.id == draft_id, *([] if version is None else [Draft.version == version])]
    statement = delete(Draft).where(*wanted).returning(Draft.id).execution_options(synchronize_session=False)
    deleted = db.session.execute(statement).one_or_none()
    db.session.commit()
    return deleted is not None
