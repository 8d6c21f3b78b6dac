"""The audit trail: who did what, to whose request or certificate, and how it ended. Never a code or a key."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from clients.certificates.models import Event
from clients.sso.db import db

PAGE = 50


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who does something, and from where; empty when the service itself does it."""

    sub: str = ""
    address: str = ""
    name: str = ""
    """Of officers only: what they do concerns others, who may know who it was."""


def record(who: Who, action: str, result: str, *, at: int, sub: str, serial: str = "", detail: str = "") -> None:
    """Append one event within the caller's transaction."""
    event = Event(at=at, action=action, result=result, sub=sub, by=who.sub, serial=serial, detail=detail)
    event.address, event.by_name = who.address[:64], who.name
    db.session.add(event)


def of_person(sub: str) -> Sequence[Event]:
    """Return what happened to a person's requests and certificates, the newest first."""
    return db.session.scalars(select(Event).where(Event.sub == sub).order_by(Event.id.desc()).limit(PAGE)).all()
