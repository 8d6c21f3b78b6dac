"""The SQL of a person's invoices and payment references. Each function is one transaction, and every statement names `sub`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, insert, select, text, tuple_, update

from clients.dashboard.payments.models import Invoice, InvoiceChange, Payment
from clients.sso.db import db

BY_DUE = frozenset({"unpaid", "basket"})
"""States that are listed by the day on which they have to be paid; all others as they were changed, the newest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices of a person: those in `state` or all, with all of `words`."""

    state: str = ""
    words: tuple[str, ...] = ()


_SPLIT = 10**9


class Sum(NamedTuple):
    """How many invoices are in a state, and what they come to."""

    state: str
    currency: str
    number: int
    amount: int


class Month(NamedTuple):
    """What a month came to; `month` is for example 2030-01."""

    currency: str
    month: str
    amount: int


class ChangedError(Exception):
    """The basket isn't what it was when it was looked at."""


def total(amount: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:  # noqa: ANN401 - a column of amounts
    """Return the two columns of a sum that is larger than 64 bits: SQLite ends with an error there. `exact` puts them together."""
    return func.sum(amount // _SPLIT), func.sum(amount % _SPLIT)


def exact(high: Any, low: Any) -> int:  # noqa: ANN401 - of each engine's own type
    """Return the sum that `total` has split."""
    return int(high) * _SPLIT + int(low)


def sums(sub: str) -> list[Sum]:
    """Return what there is by state and currency."""
    statement = (
        select(Invoice.state, Invoice.currency, func.count(), *total(Invoice.amount))
        .where(Invoice.sub == sub)
        .group_by(Invoice.state, Invoice.currency)
        .order_by(Invoice.state, Invoice.currency)
    )
    return [
        Sum(state, currency, count, exact(high, low))
        for state, currency, count, high, low in db.session.execute(statement)
    ]


def paid_by_month(sub: str, since: str) -> list[Month]:
    """Return what was paid in each month from `since` on."""
    statement = (
        select(Invoice.currency, Invoice.paid_month, *total(Invoice.amount))
        .where(Invoice.sub == sub, Invoice.paid_month >= since)
        .group_by(Invoice.currency, Invoice.paid_month)
        .order_by(Invoice.currency, Invoice.paid_month)
    )
    return [Month(currency, str(month), exact(*parts)) for currency, month, *parts in db.session.execute(statement)]


def list_invoices(sub: str, wanted: Wanted, *, after: str = "", most: int) -> Sequence[Invoice]:
    """Return up to `most` invoices in their order; those that come after the invoice `after`, if that is one of theirs."""
    conditions: list[ColumnElement[bool]] = [Invoice.sub == sub]
    if wanted.state:
        conditions.append(Invoice.state == wanted.state)
    conditions += [Invoice.searched.contains(word, autoescape=True) for word in wanted.words]
    last = find_invoice(sub, after) if after else None
    if wanted.state in BY_DUE:
        order: list[Any] = [Invoice.due, Invoice.number]
        conditions += [tuple_(Invoice.due, Invoice.number) > tuple_(last.due, last.number)] if last else []
    else:
        order = [Invoice.changed_at.desc(), Invoice.number.desc()]
        conditions += (
            [tuple_(Invoice.changed_at, Invoice.number) < tuple_(last.changed_at, last.number)] if last else []
        )
    statement = select(Invoice).where(*conditions).order_by(*order).limit(most)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def find_invoice(sub: str, invoice_id: str) -> Invoice | None:
    """Return one invoice of that person, as it is now."""
    statement = select(Invoice).where(Invoice.sub == sub, Invoice.id == invoice_id)
    return db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()


def list_changes(sub: str, invoice_id: str) -> Sequence[InvoiceChange]:
    """Return an invoice's history, the newest first."""
    mine = (InvoiceChange.sub == sub, InvoiceChange.invoice == invoice_id)
    return db.session.scalars(select(InvoiceChange).where(*mine).order_by(InvoiceChange.number.desc())).all()


def move(sub: str, invoice_ids: Sequence[str], before: str, after: str, now: int) -> int:
    """Put those of the named invoices that are in one state into the other; return how many there were."""
    there = (Invoice.sub == sub, Invoice.state == before)
    named = _lock(*there, Invoice.id.in_(invoice_ids))
    moved = db.session.scalars(
        update(Invoice)
        .where(*there, Invoice.id.in_(named))
        .values(state=after, version=Invoice.version + 1, changed_at=now)
        .returning(Invoice.id)
        .execution_options(synchronize_session=False)
    ).all()
    _note(sub, moved, (before, after), now)
    db.session.commit()
    return len(moved)


def basket(sub: str) -> Sequence[Invoice]:
    """Return what is in the basket, by currency, creditor and day."""
    statement = select(Invoice).where(Invoice.sub == sub, Invoice.state == "basket")
    in_order = statement.order_by(Invoice.currency, Invoice.service, Invoice.due, Invoice.number)
    return db.session.scalars(in_order.execution_options(populate_existing=True)).all()


def check_out(payment: Payment, there: dict[str, int], now: int) -> Payment:
    """Give what is in the basket in the payment's currency, of the payment's creditor, its reference, in one transaction; return the payment that holds for this basket.

    `there` are the invoices with their versions, as the person saw them. Raises ChangedError when something else is in the basket.
    """
    sub, digest = payment.sub, payment.basket
    names = ("reference", "sub", "basket", "service", "currency", "amount", "created_at")
    # First of all, so that of two clicks the second waits for the first.
    first = db.session.execute(
        text(
            f"INSERT INTO payment ({', '.join(names)}) VALUES (:{', :'.join(names)})"
            " ON CONFLICT DO NOTHING RETURNING reference"
        ),
        {name: getattr(payment, name) for name in names},
    ).one_or_none()
    if first is None:
        db.session.rollback()
        made = find_payment_of(sub, digest)
        if made is None:
            raise ChangedError
        return made
    transfer = (Invoice.currency == payment.currency, Invoice.service == payment.service)
    inside = (Invoice.sub == sub, Invoice.state == "basket", *transfer)
    _lock(*inside)
    moved = db.session.execute(
        update(Invoice)
        .where(*inside)
        .values(state="pending", payment=payment.reference, version=Invoice.version + 1, changed_at=now)
        .returning(Invoice.id, Invoice.version)
        .execution_options(synchronize_session=False)
    ).all()
    if {invoice_id: version - 1 for invoice_id, version in moved} != there:
        db.session.rollback()
        raise ChangedError
    _note(sub, list(there), ("basket", "pending"), now, payment.reference)
    db.session.commit()
    return payment


def find_payment_of(sub: str, digest: str) -> Payment | None:
    """Return the payment that a basket became."""
    return db.session.execute(select(Payment).where(Payment.sub == sub, Payment.basket == digest)).scalar_one_or_none()


def find_payment(sub: str, reference: str) -> Payment | None:
    """Return a person's payment by its reference."""
    statement = select(Payment).where(Payment.sub == sub, Payment.reference == reference)
    return db.session.execute(statement).scalar_one_or_none()


def list_paid_with(sub: str, reference: str) -> Sequence[Invoice]:
    """Return the invoices that got this reference, also those that have left it since."""
    named = select(InvoiceChange.invoice).where(InvoiceChange.sub == sub, InvoiceChange.payment == reference)
    statement = select(Invoice).where(Invoice.sub == sub, Invoice.id.in_(named)).order_by(Invoice.due, Invoice.number)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def _lock(*conditions: ColumnElement[bool]) -> Sequence[str]:
    """Take these invoices in the order of their numbers, so that two clicks never wait for each other; return their ids."""
    return db.session.scalars(select(Invoice.id).where(*conditions).order_by(Invoice.number).with_for_update()).all()


def _note(sub: str, invoice_ids: Sequence[str], move: tuple[str, str], now: int, payment: str | None = None) -> None:
    same = {"sub": sub, "before": move[0], "after": move[1], "service": "", "payment": payment, "at": now}
    if invoice_ids:
        db.session.execute(insert(InvoiceChange), [{"invoice": one, **same} for one in sorted(invoice_ids)])
