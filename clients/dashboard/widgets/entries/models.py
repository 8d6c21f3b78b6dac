"""The table of people's own lists. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class WidgetEntry(Model):
    """A line of one of a person's lists. It is theirs alone: every statement names `sub`."""

    __tablename__ = "widget_entry"
    __table_args__ = (
        UniqueConstraint("sub", "list", "value_hash", name="uq_widget_entry_value"),
        Index("ix_widget_entry_position", "sub", "list", "position"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    list: Mapped[str] = mapped_column(String(40))
    """Which one: `clock`, `links`, `search-patents`, …"""
    title: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    value_hash: Mapped[str] = mapped_column(String(64))
    """Each value stands on a list once; a digest, as addresses are longer than an index takes."""
    position: Mapped[int]
    created_at: Mapped[int] = mapped_column(BigInteger)
