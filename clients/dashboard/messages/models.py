"""The inbox's tables. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class Message(Model):
    """What a service has written to a person. It is theirs alone: every statement names `sub`.

    Long texts stand last, so that a list is read without them.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("id", name="uq_message_id"),
        # One for each way in which a page is read, newest first; none of them sorts or skips.
        Index("ix_message_all", "sub", "archived", "number"),
        Index("ix_message_unread", "sub", "archived", "unread", "number"),
        Index("ix_message_service", "sub", "service", "archived", "number"),
        Index("ix_message_service_unread", "sub", "service", "archived", "unread", "number", "expires_at"),
        Index("ix_message_expires_at", "expires_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """Grows with every message, whosever it is, and is never shown."""
    id: Mapped[str] = mapped_column(String(22))
    sub: Mapped[str] = mapped_column(String(255))
    service: Mapped[str] = mapped_column(String(100))
    """The `client_id` in the token that brought it."""
    unread: Mapped[bool]
    archived: Mapped[bool]
    high: Mapped[bool]
    """Important, says the service."""
    security: Mapped[bool] = mapped_column(server_default=false())
    """A notice about security, from a service that may send such: it can't be muted."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[str] = mapped_column(Text)
    preview: Mapped[str] = mapped_column(Text)
    """How the text begins."""
    link: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    """HTML, cleaned when it came; it is cleaned again when it is shown."""
    searched: Mapped[str] = mapped_column(Text)
    """Subject and text, folded for search."""


class MessageService(Model):
    """A service that has written to a person, and what they chose about it."""

    __tablename__ = "message_service"

    sub: Mapped[str] = mapped_column(String(255), primary_key=True)
    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    muted: Mapped[bool]
    """Its messages come read, and nothing else tells of them."""
    email: Mapped[bool] = mapped_column(server_default=false())
    """Its messages are also told of by mail."""
    push: Mapped[bool] = mapped_column(server_default=false())
    """Its messages are also told of on registered devices."""


class MessageDefault(Model):
    """What a person chose about services that haven't written to them yet."""

    __tablename__ = "message_default"

    sub: Mapped[str] = mapped_column(String(255), primary_key=True)
    email: Mapped[bool]
    push: Mapped[bool]


class MessageNotice(Model):
    """A message that is still to be told of, by mail or push. Written with the message, deleted when the provider has it."""

    __tablename__ = "message_notice"
    __table_args__ = (Index("ix_message_notice_due", "next_attempt_at", "message_id"),)

    message_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    email: Mapped[bool]
    push: Mapped[bool]
    security: Mapped[bool] = mapped_column(server_default=false())
    """Of a kind of its own: it waits for none of the others."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    next_attempt_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[int] = mapped_column(BigInteger)
    """Until then whoever claimed it may be at work; after that, another may take it."""


class MessagePosting(Model):
    """A call that posted: remembered, so that one that is repeated posts once and what a service posts can be counted."""

    __tablename__ = "message_posting"
    __table_args__ = (Index("ix_message_posting_created_at", "created_at"),)

    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Digest of what was sent."""
    ids: Mapped[str] = mapped_column(Text)
    """Of the messages that it made, separated by spaces."""
    messages: Mapped[int]
    created_at: Mapped[int] = mapped_column(BigInteger)
