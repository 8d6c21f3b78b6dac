"""The SQL of batches: documents that were checked, wait for the officer's word, and are then stored all together or not at all."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from clients.pairing.library import New, facts
from clients.pairing.models import Batch, BatchItem, Document, DocumentContent, Office
from clients.pairing.store import new_id
from clients.sso.db import db

_KEPT = ("office_id", "type", "year", "month", "title", "sha256", "size")


class Line(NamedTuple):
    """What one line of a batch would store."""

    line: int
    type: str
    year: int
    month: int
    title: str
    size: int
    customer_id: str
    office: str


class StoredMeanwhileError(Exception):
    """A document of the batch was stored by somebody else since it was checked."""


def add_batch(batch_id: str, sub: str, lines: Iterable[tuple[int, New]], *, now: int, expires_at: int) -> bool:
    """Put checked documents aside, and remove what nobody came back for; False when a batch of that id is there. Within the caller's transaction."""
    old = select(Batch.id).where(Batch.expires_at <= now)
    db.session.execute(delete(BatchItem).where(BatchItem.batch_id.in_(old)))
    db.session.execute(delete(Batch).where(Batch.expires_at <= now))
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Batch).values(id=batch_id, sub=sub, expires_at=expires_at))
    except IntegrityError:
        return False
    for line, new in lines:
        values = {"batch_id": batch_id, "line": line, "size": len(new.content), "content": new.content, **facts(new)}
        db.session.execute(insert(BatchItem).values(**values))
    return True


def lines_of(batch_id: str, sub: str, now: int) -> Sequence[Line]:
    """Return what an officer's own batch would store; nothing when there is no such batch any more."""
    columns = (BatchItem.line, BatchItem.type, BatchItem.year, BatchItem.month, BatchItem.title, BatchItem.size)
    statement = select(*columns, Office.customer_id, Office.name).join(Office, Office.id == BatchItem.office_id)
    statement = statement.join(Batch, Batch.id == BatchItem.batch_id)
    wanted = (Batch.id == batch_id, Batch.sub == sub, Batch.expires_at > now)
    return [Line(*row) for row in db.session.execute(statement.where(*wanted).order_by(BatchItem.line))]


def store_batch(batch_id: str, sub: str, now: int) -> int:
    """Turn a batch into documents, within the caller's transaction; return how many, 0 when there is no such batch that waits.

    Raises StoredMeanwhileError. The first statement that writes holds the batch, so that of two clicks one stores it.
    """
    mine = BatchItem.batch_id == batch_id
    lines = db.session.scalars(select(BatchItem.line).where(mine).order_by(BatchItem.line)).all()
    waits = (Batch.id == batch_id, Batch.sub == sub, Batch.expires_at > now, Batch.stored == 0)
    held = update(Batch).where(*waits).values(stored=len(lines)).returning(Batch.id)
    if not lines or not db.session.execute(held.execution_options(synchronize_session=False)).one_or_none():
        return 0
    try:
        for line in lines:
            _store_line(new_id(), batch_id, line, now)
    except IntegrityError as error:
        raise StoredMeanwhileError from error
    db.session.execute(delete(BatchItem).where(mine))
    return len(lines)


def stored_of(batch_id: str, sub: str) -> int:
    """Return how many documents an officer's own batch has become; 0: none yet, or there is no such batch."""
    wanted = select(Batch.stored).where(Batch.id == batch_id, Batch.sub == sub)
    return db.session.execute(wanted).scalar_one_or_none() or 0


def drop_batch(batch_id: str, sub: str) -> bool:
    """Forget a batch that wasn't stored; tell whether there was one. Within the caller's transaction."""
    theirs = (Batch.id == batch_id, Batch.sub == sub, Batch.stored == 0)
    db.session.execute(delete(BatchItem).where(BatchItem.batch_id.in_(select(Batch.id).where(*theirs))))
    dropped = delete(Batch).where(*theirs).returning(Batch.id).execution_options(synchronize_session=False)
    return db.session.execute(dropped).one_or_none() is not None


def _store_line(document_id: str, batch_id: str, line: int, now: int) -> None:
    """Copy one line inside the database: the file never comes up here again."""
    this = (BatchItem.batch_id == batch_id, BatchItem.line == line)
    columns = [getattr(BatchItem, name) for name in _KEPT]
    row = select(literal(document_id), literal(now), *columns).where(*this)
    db.session.execute(insert(Document).from_select(["id", "created_at", *_KEPT], row))
    content = select(literal(document_id), BatchItem.content).where(*this)
    db.session.execute(insert(DocumentContent).from_select(["document_id", "content"], content))
