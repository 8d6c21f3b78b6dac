"""The only SQL of certificates and revocation lists. Functions that change something belong into the caller's `transaction`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import func, select, text, update

from clients.certificates.models import Certificate, RevocationList
from clients.sso.db import db

_LIST = text(
    "INSERT INTO revocation_list (name, number, der, made_at, revoked) VALUES (:name, :number, :der, :now, :revoked)"
    " ON CONFLICT (name) DO UPDATE SET number = :number, der = :der, made_at = :now, revoked = :revoked"
    " WHERE revocation_list.number < :number"
)
PAGE = 50


class RevokedRow(NamedTuple):
    """What stands on a list of one certificate."""

    serial: str
    revoked_at: int
    reason: str


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what is done inside, or nothing of it."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def find(serial: str) -> Certificate | None:
    """Return one certificate, as it is now."""
    statement = select(Certificate).where(Certificate.serial == serial).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one_or_none()


def for_enrolment(enrolment_id: str) -> Certificate | None:
    """Return what was made for a request."""
    return db.session.execute(select(Certificate).where(Certificate.enrolment_id == enrolment_id)).scalar_one_or_none()


def successor(serial: str) -> Certificate | None:
    """Return what a certificate was renewed by."""
    return db.session.execute(select(Certificate).where(Certificate.replaces == serial)).scalar_one_or_none()


def of_person(sub: str) -> Sequence[Certificate]:
    """Return a person's certificates, the newest first."""
    mine = select(Certificate).where(Certificate.sub == sub)
    return db.session.scalars(mine.order_by(Certificate.not_before.desc(), Certificate.serial)).all()


def search(name: str, serial: str) -> Sequence[Certificate]:
    """Return certificates by a part of the name or the beginning of the serial number, the newest first."""
    wanted = Certificate.name.icontains(name, autoescape=True) | Certificate.serial.startswith(serial, autoescape=True)
    found = select(Certificate).where(wanted).order_by(Certificate.not_before.desc(), Certificate.serial)
    return db.session.scalars(found.limit(PAGE)).all()


def key_is_known(fingerprint: str) -> bool:
    """Tell whether there has been a certificate for that key."""
    return (
        db.session.execute(select(Certificate.serial).where(Certificate.key_fingerprint == fingerprint)).first()
        is not None
    )


def revoke(serial: str, now: int, reason: str) -> Certificate | None:
    """Revoke a certificate; None when there is none or when it was revoked before."""
    statement = (
        update(Certificate)
        .where(Certificate.serial == serial, Certificate.revoked_at == 0)
        .values(revoked_at=now, reason=reason)
        .returning(Certificate)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return db.session.execute(statement).scalar_one_or_none()


def status(serial: str) -> tuple[int, str] | None:
    """Return when and why a certificate was revoked (0: it wasn't); None when there is none."""
    row = db.session.execute(
        select(Certificate.revoked_at, Certificate.reason).where(Certificate.serial == serial)
    ).first()
    return (row[0], row[1]) if row else None


def count_revoked() -> int:
    """Return how many certificates are revoked: it only grows, so whoever remembers it sees that there is something new."""
    return db.session.execute(
        select(func.count()).select_from(Certificate).where(Certificate.revoked_at > 0)
    ).scalar_one()


def revoked_since(now: int) -> Sequence[RevokedRow]:
    """Return the revoked certificates that haven't expired at `now` (RFC 5280 section 3.3 lets the others go)."""
    columns = (Certificate.serial, Certificate.revoked_at, Certificate.reason)
    wanted = (Certificate.revoked_at > 0, Certificate.not_after > now)
    return [
        RevokedRow(*row) for row in db.session.execute(select(*columns).where(*wanted).order_by(Certificate.revoked_at))
    ]


def find_list(name: str) -> RevocationList | None:
    """Return a signed list, as it is now."""
    statement = select(RevocationList).where(RevocationList.name == name).execution_options(populate_existing=True)
    return db.session.execute(statement).scalar_one_or_none()


def keep_list(name: str, number: int, der: bytes, now: int, revoked: int) -> None:
    """Store a list, unless a newer one is there."""
    values = {"name": name, "number": number, "der": der, "now": now, "revoked": revoked}
    db.session.execute(_LIST, values)


def ending(after: int, before: int) -> Sequence[Certificate]:
    """Return good certificates that end in that time and haven't been renewed."""
    renewed = select(Certificate.replaces).where(Certificate.replaces != "")
    wanted = (Certificate.not_after > after, Certificate.not_after <= before, Certificate.revoked_at == 0)
    statement = select(Certificate).where(*wanted, Certificate.serial.not_in(renewed))
    return db.session.scalars(statement.order_by(Certificate.not_after)).all()


def note_reminder(serial: str, was: int, days: int) -> bool:
    """Note that its owner is reminded; False when somebody else has done it."""
    statement = (
        update(Certificate)
        .where(Certificate.serial == serial, Certificate.reminded == was)
        .values(reminded=days)
        .returning(Certificate.serial)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).one_or_none() is not None
