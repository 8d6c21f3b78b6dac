"""The outbox's one table."""

from sqlalchemy import BigInteger, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model

_WAITING = text("done_at IS NULL AND failed_at IS NULL")


class OutboxMessage(Model):
    """One message on its way out. Its content is sealed, and erased when it has gone."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    payload: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    next_attempt_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    lease_until: Mapped[int] = mapped_column(BigInteger)
    """Until then the worker that claimed it may be at work; after that, another may take it."""
    done_at: Mapped[int | None] = mapped_column(BigInteger)
    failed_at: Mapped[int | None] = mapped_column(BigInteger)
    last_error: Mapped[str | None] = mapped_column(Text)
