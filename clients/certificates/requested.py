"""The only SQL of requests for certificates. What a person does names their `sub`; changes are conditional, so that one of two wins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from clients.certificates.models import Enrolment
from clients.sso.db import db

OPEN = ("waiting", "approved")
PAGE = 50


def add(enrolment: Enrolment) -> bool:
    """Save a new request within the caller's transaction; False when the person has an open one."""
    try:
        with db.session.begin_nested():
            db.session.add(enrolment)
            db.session.flush()
    except IntegrityError:
        return False
    return True


def find(enrolment_id: str) -> Enrolment | None:
    """Return any request, as it is now; for officers."""
    statement = select(Enrolment).where(Enrolment.id == enrolment_id).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one_or_none()


def find_own(sub: str, enrolment_id: str) -> Enrolment | None:
    """Return a request of that person, as it is now."""
    found = find(enrolment_id)
    return found if found is not None and found.sub == sub else None


def of_person(sub: str) -> Sequence[Enrolment]:
    """Return a person's requests, the newest first."""
    mine = select(Enrolment).where(Enrolment.sub == sub).order_by(Enrolment.created_at.desc(), Enrolment.id)
    return db.session.scalars(mine.limit(PAGE)).all()


def waiting() -> Sequence[Enrolment]:
    """Return what waits for an officer, the oldest first."""
    wanted = select(Enrolment).where(Enrolment.state == "waiting").order_by(Enrolment.created_at, Enrolment.id)
    return db.session.scalars(wanted.limit(PAGE)).all()


def decided() -> Sequence[Enrolment]:
    """Return what was decided, the newest first."""
    wanted = select(Enrolment).where(Enrolment.decided_at > 0).order_by(Enrolment.decided_at.desc(), Enrolment.id)
    return db.session.scalars(wanted.limit(PAGE)).all()


def count_waiting() -> int:
    """Return how many requests wait."""
    counted = select(func.count()).select_from(Enrolment).where(Enrolment.state == "waiting")
    return db.session.execute(counted).scalar_one()


def turn(enrolment_id: str, states: Sequence[str], **values: Any) -> bool:
    """Change a request if it is in one of those states; tell whether it was. Within the caller's transaction.

    A request that isn't open any more makes room for the person's next one.
    """
    if "state" in values and values["state"] not in OPEN:
        values["open_sub"] = enrolment_id
    statement = (
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.state.in_(states))
        .values(**values)
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).one_or_none() is not None


def count_attempt(enrolment_id: str, now: int, free: int, wait_base: int, most: int) -> bool:
    """Count an attempt with a code before it is looked at; False when none counts now. Within the caller's transaction.

    After `free` wrong ones each next one waits twice as long; from `most` on none counts.
    """
    found = find(enrolment_id)
    if found is None or found.wrong_codes >= most or found.wait_until > now:
        return False
    over = found.wrong_codes + 1 - free
    wait_until = now + wait_base * 2**over if over >= 0 else 0
    statement = (
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.wrong_codes == found.wrong_codes, Enrolment.wait_until <= now)
        .values(wrong_codes=found.wrong_codes + 1, wait_until=wait_until)
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).one_or_none() is not None


def expire(now: int) -> None:
    """Close what nobody picked up in time. Within the caller's transaction."""
    late = (Enrolment.state == "approved", Enrolment.expires_at <= now)
    changes = {"state": "expired", "open_sub": Enrolment.id}
    db.session.execute(update(Enrolment).where(*late).values(**changes).execution_options(synchronize_session=False))
