"""The tables of payments. Amounts are integers of the currency's minor unit, times seconds since the epoch, days calendar days."""

from datetime import date

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model

_Number = BigInteger().with_variant(Integer, "sqlite")


class Invoice(Model):
    """What a person owes to a service."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("id", name="uq_invoice_id"),
        UniqueConstraint("service", "reference", name="uq_invoice_reference"),
        # One for each way in which a page is read.
        Index("ix_invoice_all", "sub", "changed_at", "number"),
        Index("ix_invoice_state", "sub", "state", "changed_at", "number"),
        Index("ix_invoice_due", "sub", "state", "due", "number"),
        Index("ix_invoice_sums", "sub", "state", "currency", "amount"),
        Index("ix_invoice_paid", "sub", "currency", "paid_month", "amount"),
        Index("ix_invoice_payment", "payment"),
    )

    number: Mapped[int] = mapped_column(_Number, primary_key=True)
    """Grows with every invoice, whosever it is, and is never shown."""
    id: Mapped[str] = mapped_column(String(22))
    sub: Mapped[str] = mapped_column(String(255))
    service: Mapped[str] = mapped_column(String(100))
    """The `client_id` in the token that brought it."""
    reference: Mapped[str] = mapped_column(String(100))
    """The service's own."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Digest of what was posted, so that the same again is known to be the same."""
    title: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[date] = mapped_column(Date)
    link: Mapped[str] = mapped_column(Text)
    """Of the document; empty when there is none."""
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    """Counts changes of state."""
    payment: Mapped[str | None] = mapped_column(String(25))
    """The payment reference under which it is to be paid, or was."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[int] = mapped_column(BigInteger)
    paid_month: Mapped[str | None] = mapped_column(String(7))
    """For example 2030-01."""
    searched: Mapped[str] = mapped_column(Text)
    """Title and reference, folded for search."""


class InvoiceChange(Model):
    """A change of state: when, by whom, from what to what. Never changed itself."""

    __tablename__ = "invoice_change"
    __table_args__ = (
        Index("ix_invoice_change_invoice", "sub", "invoice", "number"),
        Index("ix_invoice_change_payment", "sub", "payment"),
    )

    number: Mapped[int] = mapped_column(_Number, primary_key=True)
    invoice: Mapped[str] = mapped_column(String(22))
    sub: Mapped[str] = mapped_column(String(255))
    before: Mapped[str] = mapped_column(String(10))
    """Empty for the first."""
    after: Mapped[str] = mapped_column(String(10))
    service: Mapped[str] = mapped_column(String(100))
    """Who did it; empty: the person."""
    payment: Mapped[str | None] = mapped_column(String(25))
    """The reference that it got by this change."""
    at: Mapped[int] = mapped_column(BigInteger)


class Payment(Model):
    """A basket that was checked out: what to quote when paying."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("sub", "basket", name="uq_payment_basket"),)

    reference: Mapped[str] = mapped_column(String(25), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    basket: Mapped[str] = mapped_column(String(64))
    """Digest of what was in it, so that the same basket is checked out once."""
    service: Mapped[str] = mapped_column(String(100), server_default="")
    """Whom it pays; empty: it was made before, for whatever was in the basket."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Movement(Model):
    """Money that came into a person's current account, or went out of it."""

    __tablename__ = "movement"
    __table_args__ = (
        UniqueConstraint("service", "reference", name="uq_movement_reference"),
        Index("ix_movement_day", "sub", "currency", "day", "number"),
        Index("ix_movement_months", "sub", "currency", "month", "amount"),
    )

    number: Mapped[int] = mapped_column(_Number, primary_key=True)
    id: Mapped[str] = mapped_column(String(22))
    sub: Mapped[str] = mapped_column(String(255))
    service: Mapped[str] = mapped_column(String(100))
    reference: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Below nothing when it went out."""
    day: Mapped[date] = mapped_column(Date)
    month: Mapped[str] = mapped_column(String(7))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)


class PaymentPosting(Model):
    """A call that posted: remembered, so that one that is repeated posts once and what a service posts can be counted."""

    __tablename__ = "payment_posting"
    __table_args__ = (Index("ix_payment_posting_created_at", "created_at"),)

    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    ids: Mapped[str] = mapped_column(Text)
    entries: Mapped[int]
    created_at: Mapped[int] = mapped_column(BigInteger)
