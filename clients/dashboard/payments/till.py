"""What a person can do with their invoices; pages and widgets call this and nothing below it."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from clients.dashboard.payments import money, references, states, store
from clients.dashboard.payments.models import Invoice, InvoiceChange, Payment
from clients.dashboard.payments.months import last_months
from clients.dashboard.payments.store import BY_DUE, ChangedError, Month, Sum, Wanted

ON_A_PAGE = 25
MONTHS = 12

__all__ = ["BY_DUE", "MONTHS", "ChangedError", "NotFoundError", "Page", "Part", "Sum", "Till", "Wanted"]


class NotFoundError(Exception):
    """The person has no such invoice or reference."""


class Page(NamedTuple):
    """Some of the invoices; `more` is where the next page goes on, empty on the last."""

    invoices: Sequence[Invoice]
    more: str


class Part(NamedTuple):
    """What is paid with one reference: a transfer has one currency and one creditor. `digest` names exactly this."""

    currency: str
    service: str
    amount: int
    digest: str
    invoices: Sequence[Invoice]

    @property
    def is_payable(self) -> bool:
        """Whether it isn't too much for one transfer."""
        return self.amount < money.MOST_AT_ONCE


class Till:
    """The use cases. `clock` returns seconds since the epoch; `sub` is whose invoices they are."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock

    def sums(self, sub: str) -> list[Sum]:
        """Return what there is by state and currency."""
        return store.sums(sub)

    def paid(self, sub: str) -> list[Month]:
        """Return what was paid in each of the last months, those without any too, by currency."""
        wanted = last_months(self._clock(), MONTHS)
        found = {(one.currency, one.month): one.amount for one in store.paid_by_month(sub, wanted[0])}
        currencies = sorted({currency for currency, _month in found})
        return [Month(currency, month, found.get((currency, month), 0)) for currency in currencies for month in wanted]

    def page(self, sub: str, wanted: Wanted, *, after: str = "", most: int = ON_A_PAGE) -> Page:
        """Return up to `most` of the wanted invoices; those that come after the invoice `after`."""
        found = store.list_invoices(sub, wanted, after=after if after.isprintable() else "", most=most + 1)
        return Page(found[:most], found[most - 1].id if len(found) > most else "")

    def open(self, sub: str, invoice_id: str) -> tuple[Invoice, Sequence[InvoiceChange]]:
        """Return an invoice and its history, the newest first; raises NotFoundError."""
        invoice = store.find_invoice(sub, invoice_id) if invoice_id.isprintable() else None
        if invoice is None:
            raise NotFoundError
        return invoice, store.list_changes(sub, invoice_id)

    def move(self, sub: str, invoice_ids: Sequence[str], after: str) -> int:
        """Put unpaid invoices into the basket, or take them out; return how many. Twice is once."""
        before = "unpaid" if after == "basket" else "basket"
        states.check(states.PERSON, before, after)
        named = [one for one in invoice_ids if one.isprintable()][: ON_A_PAGE * 4]
        return store.move(sub, named, before, after, self._clock()) if named else 0

    def basket(self, sub: str) -> list[Part]:
        """Return what is in the basket, by currency and creditor."""
        by_transfer = attrgetter("currency", "service")
        found = sorted(store.basket(sub), key=by_transfer)
        return [_part(*transfer, list(invoices)) for transfer, invoices in groupby(found, by_transfer)]

    def check_out(self, sub: str, digest: str) -> Payment:
        """Give the part of the basket with that digest its payment reference; the same one however often it is asked.

        Raises ChangedError when the basket isn't what the digest stands for, or never was.
        """
        if not (digest.isascii() and digest.isalnum()):
            raise ChangedError
        part = next((one for one in self.basket(sub) if one.digest == digest), None)
        if part is not None and not part.is_payable:
            raise ChangedError
        if part is None:
            # It was checked out before, by the first of two clicks.
            if made := store.find_payment_of(sub, digest):
                return made
            raise ChangedError
        now = self._clock()
        payment = Payment(
            reference=references.new(),
            sub=sub,
            basket=digest,
            service=part.service,
            currency=part.currency,
            amount=part.amount,
            created_at=now,
        )
        return store.check_out(payment, {one.id: one.version for one in part.invoices}, now)

    def payment(self, sub: str, reference: str) -> tuple[Payment, Sequence[Invoice]]:
        """Return a payment, however its reference was typed, and the invoices that got it; raises NotFoundError."""
        found = references.read(reference)
        payment = store.find_payment(sub, found) if found else None
        if payment is None:
            raise NotFoundError
        return payment, store.list_paid_with(sub, found)


def _part(currency: str, service: str, invoices: Sequence[Invoice]) -> Part:
    said = "\n".join(f"{one.id} {one.version} {one.amount}" for one in sorted(invoices, key=lambda one: one.id))
    digest = hashlib.sha256(f"{currency} {service}\n{said}".encode()).hexdigest()
    return Part(currency, service, sum(one.amount for one in invoices), digest, invoices)
