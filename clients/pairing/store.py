"""The SQL of offices and pairings. Functions of people name `sub` beside every id, so that none reaches what is another's."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from clients.pairing.models import Document, Office, Pairing
from clients.sso.db import db


class Paired(NamedTuple):
    """A pairing with its office."""

    pairing: Pairing
    office: Office


class Counted(NamedTuple):
    """An office, and how many people and documents it has."""

    office: Office
    people: int
    documents: int


def new_id() -> str:
    """Return 128 random bits: a name that nobody can guess."""
    return secrets.token_urlsafe(16)


@contextmanager
def transaction() -> Iterator[None]:
    """Let everything inside be stored, or nothing of it."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def pairings_of(sub: str) -> Sequence[Paired]:
    """Return a person's pairings with their offices, by Customer ID."""
    wanted = select(Pairing, Office).join(Office, Office.id == Pairing.office_id).where(Pairing.sub == sub)
    return [Paired(*row) for row in db.session.execute(wanted.order_by(Office.kind, Office.customer_id))]


def pairings_with(office_id: str) -> Sequence[Pairing]:
    """Return who is paired with an office, the newest first."""
    wanted = select(Pairing).where(Pairing.office_id == office_id).order_by(Pairing.created_at.desc(), Pairing.id)
    return db.session.scalars(wanted).all()


def find_pairing(pairing_id: str) -> Paired | None:
    """Return anybody's pairing; for finance officers."""
    wanted = select(Pairing, Office).join(Office, Office.id == Pairing.office_id).where(Pairing.id == pairing_id)
    row = db.session.execute(wanted).one_or_none()
    return Paired(*row) if row else None


def pair_if_current(pairing: Pairing, code_hash: str) -> str:
    """Pair a person with an office whose code still is the one that they had: `paired`, `already`, or empty if it was replaced meanwhile.

    Touching the office's row makes this wait for whoever replaces the code, and them for this. Within the caller's transaction.
    """
    current = update(Office).where(Office.id == pairing.office_id, Office.code_hash == code_hash)
    if not db.session.execute(current.values(code_hash=code_hash).returning(Office.id)).one_or_none():
        return ""
    theirs = select(Pairing.id).where(Pairing.sub == pairing.sub, Pairing.office_id == pairing.office_id)
    if db.session.execute(theirs).one_or_none():
        return "already"
    db.session.add(pairing)
    return "paired"


def delete_pairing(pairing_id: str, sub: str | None = None) -> bool:
    """End a pairing, if a person is named only theirs; tell whether there was one. Within the caller's transaction."""
    wanted = [Pairing.id == pairing_id, *([] if sub is None else [Pairing.sub == sub])]
    statement = delete(Pairing).where(*wanted).returning(Pairing.id).execution_options(synchronize_session=False)
    return db.session.execute(statement).one_or_none() is not None


def find_office(office_id: str) -> Office | None:
    """Return an office by its id."""
    return db.session.execute(select(Office).where(Office.id == office_id)).scalar_one_or_none()


def office_with(kind: str, customer_id: str) -> Office | None:
    """Return an office by its Customer ID."""
    wanted = select(Office).where(Office.kind == kind, Office.customer_id == customer_id)
    return db.session.execute(wanted).scalar_one_or_none()


def list_offices() -> Sequence[Counted]:
    """Return all offices and member states, by Customer ID."""
    people = select(func.count()).where(Pairing.office_id == Office.id).scalar_subquery()
    documents = select(func.count()).where(Document.office_id == Office.id).scalar_subquery()
    wanted = select(Office, people, documents).order_by(Office.customer_id, Office.kind)
    return [Counted(*row) for row in db.session.execute(wanted)]


def add_office(office: Office) -> bool:
    """Add an office unless its Customer ID is taken; within the caller's transaction."""
    try:
        with db.session.begin_nested():
            db.session.add(office)
    except IntegrityError:
        return False
    return True


def replace_code(office_id: str, version: int, code_hash: str, *, now: int, end_pairings: bool) -> int | None:
    """Give an office that is still at `version` another code; return how many pairings ended, or None when it isn't.

    Within the caller's transaction; of two officers one gets through.
    """
    statement = update(Office).where(Office.id == office_id, Office.code_version == version)
    values = {"code_hash": code_hash, "code_version": version + 1, "code_at": now}
    if not db.session.execute(statement.values(**values).returning(Office.id)).one_or_none():
        return None
    if not end_pairings:
        return 0
    ended = delete(Pairing).where(Pairing.office_id == office_id).returning(Pairing.id)
    return len(db.session.execute(ended.execution_options(synchronize_session=False)).all())
