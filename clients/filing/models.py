"""Filing's own table. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model

KINDS = ("patent", "trademark", "design")


class Draft(Model):
    """An application that somebody has begun. It is theirs alone: every statement names `sub` beside `id`."""

    __tablename__ = "filing_draft"
    __table_args__ = (
        Index("ix_filing_draft_sub_updated_at", "sub", "updated_at"),
        UniqueConstraint("sub", "submission", name="uq_filing_draft_sub_submission"),
        UniqueConstraint("reference", name="uq_filing_draft_reference"),
    )

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    reference: Mapped[str] = mapped_column(String(20))
    """What people write on letters and say on the phone."""
    submission: Mapped[str] = mapped_column(String(64))
    """Names the form or call that made it, so that one that is sent twice makes one draft."""
    fingerprint: Mapped[str] = mapped_column(String(64), server_default="")
    """SHA-256 of what was sent with it; empty: made before this was kept."""
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(Text)
    applicant: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Counts changes: whoever saves says which one they had before them."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
