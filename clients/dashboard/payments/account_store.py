"""The SQL of a person's current account. It only reads, and every statement names `sub`."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from clients.dashboard.payments.models import Movement
from clients.dashboard.payments.store import Month, exact, total
from clients.sso.db import db


def balances(sub: str) -> dict[str, int]:
    """Return the balance of each currency."""
    statement = select(Movement.currency, *total(Movement.amount)).where(Movement.sub == sub)
    rows = db.session.execute(statement.group_by(Movement.currency).order_by(Movement.currency))
    return {currency: exact(*parts) for currency, *parts in rows}


def months(sub: str) -> list[Month]:
    """Return by how much each month changed the balance of each currency, in their order."""
    statement = (
        select(Movement.currency, Movement.month, *total(Movement.amount))
        .where(Movement.sub == sub)
        .group_by(Movement.currency, Movement.month)
        .order_by(Movement.currency, Movement.month)
    )
    return [Month(currency, month, exact(*parts)) for currency, month, *parts in db.session.execute(statement)]


def list_movements(sub: str, currency: str, *, after: str = "", most: int) -> Sequence[Movement]:
    """Return up to `most` movements in a currency, newest first; those that come after the movement `after`, if that is one of theirs."""
    conditions = [Movement.sub == sub, Movement.currency == currency]
    last = db.session.execute(select(Movement).where(Movement.sub == sub, Movement.id == after)).scalar_one_or_none()
    if last:
        conditions.append(tuple_(Movement.day, Movement.number) < tuple_(last.day, last.number))
    statement = select(Movement).where(*conditions).order_by(Movement.day.desc(), Movement.number.desc())
    return db.session.scalars(statement.limit(most)).all()
