"""The service's own audit trail: rows are added and read, nothing else; triggers in the database hold that. Never a code."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.pairing.models import Event
from clients.sso.db import db

ATTEMPT = "pair"
PAGE = 50


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who does something, and from where."""

    sub: str
    name: str
    username: str
    address: str


def record(
    who: Who, action: str, result: str, *, at: int, kind: str = "", customer_id: str = "", detail: str = ""
) -> None:
    """Append one event within the caller's transaction."""
    db.session.add(
        Event(
            at=at,
            action=action,
            result=result,
            sub=who.sub,
            username=who.username,
            kind=kind,
            customer_id=customer_id,
            address=who.address[:64],
            detail=detail,
        )
    )


def read(*, attempts_only: bool = False, kind: str = "", customer_id: str = "", before: int = 0) -> Sequence[Event]:
    """Return the newest events, a page and one more; those of one office, or older than one that was shown."""
    wanted = [
        *([Event.action == ATTEMPT] if attempts_only else []),
        *([Event.kind == kind] if kind else []),
        *([Event.customer_id == customer_id] if customer_id else []),
        *([Event.id < before] if before else []),
    ]
    return db.session.scalars(select(Event).where(*wanted).order_by(Event.id.desc()).limit(PAGE + 1)).all()
