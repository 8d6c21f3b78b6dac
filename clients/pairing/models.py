"""Pairing's own tables. Times are seconds since the epoch; of access codes only a keyed hash is kept (`codes`)."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model

ID = String(22)


class Office(Model):
    """An office or a member state; both have a Customer ID and an access code."""

    __tablename__ = "pairing_office"
    __table_args__ = (UniqueConstraint("kind", "customer_id", name="uq_pairing_office_kind_customer_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`office` or `state`."""
    customer_id: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[int]
    """Counts codes: whoever replaces one says which they had before them."""
    code_at: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Pairing(Model):
    """A person who has shown that they work for an office. `name` and `username` are as they were then, for the finance officer."""

    __tablename__ = "pairing_pairing"
    __table_args__ = (
        UniqueConstraint("sub", "office_id", name="uq_pairing_pairing_sub_office_id"),
        Index("ix_pairing_pairing_office_id", "office_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    office_id: Mapped[str] = mapped_column(ForeignKey("pairing_office.id", name="fk_pairing_pairing_office_id"))
    name: Mapped[str] = mapped_column(Text)
    username: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)


class Document(Model):
    """What is known of a document without opening it. A document that isn't about a month has month 0."""

    __tablename__ = "pairing_document"
    __table_args__ = (
        # The same file for the same period is the same document; it begins with what lists look for.
        UniqueConstraint("office_id", "year", "month", "type", "sha256", name="uq_pairing_document_file"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("pairing_office.id", name="fk_pairing_document_office_id"))
    type: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    month: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger)


class DocumentContent(Model):
    """The PDF itself: in a table of its own, so that no list ever reads it, and in the database, so that one back-up has it all."""

    __tablename__ = "pairing_document_content"

    document_id: Mapped[str] = mapped_column(
        ForeignKey("pairing_document.id", name="fk_pairing_document_content_document_id", ondelete="CASCADE"),
        primary_key=True,
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Batch(Model):
    """Documents that a finance officer has had checked; once they are stored, it is remembered for a while that they are."""

    __tablename__ = "pairing_batch"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(server_default="0")
    """How many documents it has become; 0: not yet."""


class BatchItem(Model):
    """One checked line of a batch, with its file; as a document would be."""

    __tablename__ = "pairing_batch_item"

    batch_id: Mapped[str] = mapped_column(
        ForeignKey("pairing_batch.id", name="fk_pairing_batch_item_batch_id", ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("pairing_office.id", name="fk_pairing_batch_item_office_id"))
    type: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    month: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Throttle(Model):
    """How often somebody has tried lately: one row for each account, address and office that wrong codes came from or went to."""

    __tablename__ = "pairing_throttle"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    tried: Mapped[int]
    began_at: Mapped[int] = mapped_column(BigInteger)


class Event(Model):
    """Something that happened, an attempt to pair above all. Append-only: the database itself refuses to change or delete a row."""

    __tablename__ = "pairing_event"
    __table_args__ = (
        Index("ix_pairing_event_customer_id", "customer_id", "id"),
        Index("ix_pairing_event_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(20))
    sub: Mapped[str] = mapped_column(String(255))
    username: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(12))
    customer_id: Mapped[str] = mapped_column(String(6))
    address: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
