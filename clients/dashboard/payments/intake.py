"""The SQL of what services do. Each function is one transaction, and none reaches what another service has posted."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from clients.dashboard.payments.models import Invoice, InvoiceChange, Movement, PaymentPosting
from clients.sso.db import db

_TRIES = 5
"""Of a call that meets another one with the same references."""
Table = type[Invoice] | type[Movement]


class TakenError(Exception):
    """Something else was posted under some of the references; `places` are the numbers of those entries."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__(len(places))
        self.places = places


def find_posting(service: str, key_hash: str) -> PaymentPosting | None:
    """Return what a service posted under that key."""
    statement = select(PaymentPosting).where(PaymentPosting.service == service, PaymentPosting.key_hash == key_hash)
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()


def post_once(
    posting: Mapping[str, Any],
    table: Table,
    rows: Sequence[dict[str, Any]],
    changes: Sequence[dict[str, Any]] = (),
    *,
    most: int,
    since: int,
) -> PaymentPosting | None:
    """Store the rows that aren't there yet, with the changes that name them, in one transaction; return what holds for this key.

    Raises TakenError. None when the service has posted more than `most` after `since`.
    """
    for left in reversed(range(_TRIES)):
        try:
            return _post(posting, table, rows, changes, most=most, since=since)
        except IntegrityError:
            # Another call has just stored one of the references: the next try sees it.
            db.session.rollback()
            if not left:
                raise
    return None


def _post(
    posting: Mapping[str, Any],
    table: Table,
    rows: Sequence[dict[str, Any]],
    changes: Sequence[dict[str, Any]],
    *,
    most: int,
    since: int,
) -> PaymentPosting | None:
    service, key_hash = posting["service"], posting["key_hash"]
    # First of all, so that of two calls with the same key the second waits for the first.
    first = db.session.execute(
        text(
            f"INSERT INTO payment_posting ({', '.join(posting)}, ids) VALUES (:{', :'.join(posting)}, '')"
            " ON CONFLICT DO NOTHING RETURNING entries"
        ),
        dict(posting),
    ).one_or_none()
    if first is None:
        db.session.rollback()
        return find_posting(service, key_hash)
    posted = select(func.sum(PaymentPosting.entries)).where(
        PaymentPosting.service == service, PaymentPosting.created_at > since
    )
    if db.session.execute(posted).scalar_one() > most:
        db.session.rollback()
        return None
    there = _already(table, service, [row["reference"] for row in rows])
    taken = [
        at
        for at, row in enumerate(rows)
        if there.get(row["reference"], ("", row["fingerprint"]))[1] != row["fingerprint"]
    ]
    if taken:
        db.session.rollback()
        raise TakenError(taken)
    # Everybody in the same order, so that two calls with the same references never wait for each other.
    fresh = sorted((row for row in rows if row["reference"] not in there), key=lambda row: row["reference"])
    if fresh:
        db.session.execute(insert(table), fresh)
    ids = {row["id"] for row in fresh}
    if named := [change for change in changes if change["invoice"] in ids]:
        db.session.execute(insert(InvoiceChange), named)
    found = " ".join(there[row["reference"]][0] if row["reference"] in there else row["id"] for row in rows)
    db.session.execute(
        update(PaymentPosting)
        .where(PaymentPosting.service == service, PaymentPosting.key_hash == key_hash)
        .values(ids=found)
    )
    db.session.commit()
    return find_posting(service, key_hash)


def _already(table: Table, service: str, references: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return id and fingerprint of what the service has posted under these references."""
    statement = select(table.reference, table.id, table.fingerprint)
    rows = db.session.execute(statement.where(table.service == service, table.reference.in_(references)))
    return {reference: (made, fingerprint) for reference, made, fingerprint in rows}


def forget(before: int) -> None:
    """Delete postings that nobody will repeat."""
    db.session.execute(delete(PaymentPosting).where(PaymentPosting.created_at <= before))
    db.session.commit()


def find_invoices(service: str, *, most: int, **named: str) -> Sequence[Invoice]:
    """Return the service's invoices with this `id`, `reference` or `payment`, as they are now."""
    conditions = [getattr(Invoice, name) == value for name, value in named.items()]
    statement = select(Invoice).where(Invoice.service == service, *conditions).order_by(Invoice.number).limit(most)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def change_state(invoice: Invoice, after: str, *, paid_month: str | None, now: int) -> bool:
    """Put a service's invoice into another state, if it is still as it was read; note who did it."""
    before, version = invoice.state, invoice.version
    values = {"state": after, "version": version + 1, "changed_at": now, "paid_month": paid_month}
    if after == "unpaid":
        values["payment"] = None
    changed = db.session.execute(
        update(Invoice)
        .where(Invoice.service == invoice.service, Invoice.id == invoice.id, Invoice.version == version)
        .values(values)
        .returning(Invoice.sub)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if changed is None:
        db.session.rollback()
        return False
    change = {
        "invoice": invoice.id,
        "sub": changed,
        "before": before,
        "after": after,
        "service": invoice.service,
        "at": now,
    }
    db.session.execute(insert(InvoiceChange), [change])
    db.session.commit()
    return True
