"""SQL of what people chose about services: muted or not, and by which channels they hear of messages beside the inbox."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, text, update

from clients.dashboard.messages.models import MessageDefault, MessageService
from clients.sso.db import db

_KNOW = """
INSERT INTO message_service (sub, service, muted, email, push)
SELECT CAST(:sub AS VARCHAR), CAST(:service AS VARCHAR), false, COALESCE((SELECT email FROM message_default WHERE sub = :sub), false),
    COALESCE((SELECT push FROM message_default WHERE sub = :sub), false)
WHERE true ON CONFLICT DO NOTHING
"""
_SET_DEFAULT = """
INSERT INTO message_default (sub, email, push) VALUES (:sub, :email, :push)
ON CONFLICT (sub) DO UPDATE SET email = excluded.email, push = excluded.push
"""


class Choice(NamedTuple):
    """About one service, or about those that are new (which nobody has muted)."""

    muted: bool = False
    email: bool = False
    push: bool = False


def make_known(service: str, people: Sequence[str]) -> None:
    """Note, in the caller's transaction, that a service writes to these people (sorted); of a new one holds what they chose for those."""
    db.session.execute(text(_KNOW), [{"sub": sub, "service": service} for sub in people])


def of_people(service: str, people: Sequence[str]) -> dict[str, Choice]:
    """Return what each of these people chose about a service."""
    columns = (MessageService.sub, MessageService.muted, MessageService.email, MessageService.push)
    rows = db.session.execute(select(*columns).where(MessageService.service == service, MessageService.sub.in_(people)))
    return {sub: Choice(bool(muted), bool(email), bool(push)) for sub, muted, email, push in rows}


def of_new_services(sub: str) -> Choice:
    """Return what a person chose about services that haven't written yet."""
    found = db.session.get(MessageDefault, sub)
    return Choice(email=found.email, push=found.push) if found else Choice()


def save(sub: str, new: Choice, services: Mapping[str, Choice]) -> bool:
    """Keep all of a person's choices, or none: False when one is about a service that has never written to them."""
    db.session.execute(text(_SET_DEFAULT), {"sub": sub, "email": new.email, "push": new.push})
    for service, choice in services.items():
        mine = (MessageService.sub == sub, MessageService.service == service)
        changed = update(MessageService).where(*mine).values(**choice._asdict()).returning(MessageService.service)
        if db.session.execute(changed).one_or_none() is None:
            db.session.rollback()
            return False
    db.session.commit()
    return True
