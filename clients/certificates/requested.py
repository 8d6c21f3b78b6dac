"""The only SQL of requests for certificates. What a person does names their `sub`; changes are conditional, so that one of two wins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

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


def find(enrolment_id: str, now: int) -> Enrolment | None:
    """Return any request, as it is at `now`; for officers."""
    return next(iter(_read(select(Enrolment).where(Enrolment.id == enrolment_id), now)), None)


def find_own(sub: str, enrolment_id: str, now: int) -> Enrolment | None:
    """Return a request of that person, as it is at `now`."""
    found = find(enrolment_id, now)
    return found if found is not None and found.sub == sub else None


def of_person(sub: str, now: int) -> Sequence[Enrolment]:
    """Return a person's requests, the newest first."""
    mine = select(Enrolment).where(Enrolment.sub == sub).order_by(Enrolment.created_at.desc(), Enrolment.id)
    return _read(mine.limit(PAGE), now)


def waiting() -> Sequence[Enrolment]:
    """Return what waits for an officer, the oldest first."""
    wanted = select(Enrolment).where(Enrolment.state == "waiting").order_by(Enrolment.created_at, Enrolment.id)
    return db.session.scalars(wanted.limit(PAGE)).all()


def decided(now: int) -> Sequence[Enrolment]:
    """Return what was decided, the newest first."""
    wanted = select(Enrolment).where(Enrolment.decided_at > 0).order_by(Enrolment.decided_at.desc(), Enrolment.id)
    return _read(wanted.limit(PAGE), now)


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
    found = find(enrolment_id, now)
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


def expire(now: int) -> int:
    """Close what nobody picked up in time, so that its owner can ask again; return how many. Within the caller's transaction.

    Readers see it as expired before that (`_read`): reading writes nothing.
    """
    late = (Enrolment.state == "approved", Enrolment.expires_at <= now)
    changes = {"state": "expired", "open_sub": Enrolment.id}
    closed = update(Enrolment).where(*late).values(**changes).returning(Enrolment.id)
    return len(db.session.execute(closed.execution_options(synchronize_session=False)).all())


def _read(statement: Select[Enrolment], now: int) -> Sequence[Enrolment]:
    """Return rows as they are at `now`: approved ones that nobody picked up in time are expired, whatever is stored."""
    found = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    for one in found:
        if one.state == "approved" and one.expires_at <= now:
            set_committed_value(one, "state", "expired")
    return found
