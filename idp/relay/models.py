"""What the relay remembers: which notices it has taken, and how many. No content and nobody's address is here."""

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class RelayedNotice(Model):
    """A notice that a client has handed over, or (without a client) one that people were told of; the same one again does nothing."""

    __tablename__ = "relayed_notice"
    __table_args__ = (Index("ix_relayed_notice_created_at", "created_at"),)

    client_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The client's own name for it."""
    fingerprint: Mapped[str] = mapped_column(String(64), server_default="")
    """SHA-256 of what was sent under it; empty: taken before this was kept, or nobody sent it."""
    created_at: Mapped[int] = mapped_column(BigInteger)


class RelayCount(Model):
    """How many of something there were since a window began: notices of a client, mails or pushes to a person."""

    __tablename__ = "relay_count"
    __table_args__ = (Index("ix_relay_count_since", "since"),)

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(Integer)
