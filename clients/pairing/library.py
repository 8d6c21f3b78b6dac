"""The SQL of documents. What people read is joined with their pairings in the statement itself: there is no other way to a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.exc import IntegrityError

from clients.pairing.models import Document, DocumentContent, Office, Pairing
from clients.pairing.store import new_id
from clients.sso.db import db


class Held(NamedTuple):
    """A document and whose it is."""

    document: Document
    office: Office


@dataclass(frozen=True, slots=True)
class New:
    """A document that is to be stored; `month` is 0 where there is none."""

    office_id: str
    type: str
    year: int
    month: int
    title: str
    sha256: str
    content: bytes


def documents_of(sub: str, kind: str, *, document_type: str = "", year: int = 0, month: int = 0) -> Sequence[Held]:
    """Return the documents of the offices that a person is paired with, the newest period first."""
    wanted = [
        Pairing.sub == sub,
        Office.kind == kind,
        *([Document.type == document_type] if document_type else []),
        *([Document.year == year] if year else []),
        *([Document.month == month] if month else []),
    ]
    statement = select(Document, Office).join(Office, Office.id == Document.office_id)
    statement = statement.join(Pairing, Pairing.office_id == Office.id).where(*wanted)
    order = (Document.year.desc(), Document.month.desc(), Document.type, Document.title, Document.id)
    return [Held(*row) for row in db.session.execute(statement.order_by(*order).limit(1000))]


def years_of(sub: str, kind: str) -> Sequence[int]:
    """Return the years that a person has documents of, the newest first."""
    statement = select(Document.year).distinct().join(Office, Office.id == Document.office_id)
    statement = statement.join(Pairing, Pairing.office_id == Office.id).where(Pairing.sub == sub, Office.kind == kind)
    return db.session.scalars(statement.order_by(Document.year.desc())).all()


def open_document(document_id: str, sub: str | None) -> tuple[Document, bytes] | None:
    """Return a document and its content, if the person is paired with its office; without a person: for finance officers."""
    statement = select(Document, DocumentContent.content)
    statement = statement.join(DocumentContent, DocumentContent.document_id == Document.id)
    if sub is not None:
        theirs = (Pairing.office_id == Document.office_id) & (Pairing.sub == sub)
        statement = statement.join(Pairing, theirs)
    row = db.session.execute(statement.where(Document.id == document_id)).one_or_none()
    return (row[0], row[1]) if row else None


def documents_in(office_id: str) -> Sequence[Document]:
    """Return the documents of an office, the last stored first."""
    wanted = select(Document).where(Document.office_id == office_id)
    return db.session.scalars(wanted.order_by(Document.created_at.desc(), Document.id).limit(200)).all()


def find_document(document_id: str) -> Held | None:
    """Return any document; for finance officers."""
    wanted = select(Document, Office).join(Office, Office.id == Document.office_id).where(Document.id == document_id)
    row = db.session.execute(wanted).one_or_none()
    return Held(*row) if row else None


def is_there(new: New, *, titled: bool = False) -> bool:
    """Tell whether this file is stored for this period already, under this title if that matters."""
    wanted = [*_same(new), *([Document.title == new.title] if titled else [])]
    return db.session.execute(select(Document.id).where(*wanted)).first() is not None


def add_document(new: New, now: int) -> str:
    """Store a document within the caller's transaction; return its id, empty when it is there already."""
    document_id = new_id()
    try:
        with db.session.begin_nested():
            db.session.add(Document(id=document_id, created_at=now, size=len(new.content), **facts(new)))
            db.session.flush()
            db.session.execute(insert(DocumentContent).values(document_id=document_id, content=new.content))
    except IntegrityError:
        return ""
    return document_id


def delete_document(document_id: str) -> bool:
    """Delete a document for good; tell whether there was one. Within the caller's transaction."""
    db.session.execute(delete(DocumentContent).where(DocumentContent.document_id == document_id))
    statement = delete(Document).where(Document.id == document_id).returning(Document.id)
    return db.session.execute(statement.execution_options(synchronize_session=False)).one_or_none() is not None


def facts(new: New) -> dict[str, object]:
    """Return what a row says about a new document, but for its size."""
    names = ("office_id", "type", "year", "month", "title", "sha256")
    return {name: getattr(new, name) for name in names}


def _same(new: New) -> list[ColumnElement[bool]]:
    names = ("office_id", "year", "month", "type", "sha256")
    return [getattr(Document, name) == getattr(new, name) for name in names]
