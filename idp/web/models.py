"""The throttle's one table."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class ThrottleLevel(Model):
    """How full one bucket of failures is; it leaks with time, so that nothing is remembered for good."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of scope and subject."""
    scope: Mapped[str] = mapped_column(String(16))
    level: Mapped[int] = mapped_column(BigInteger)
    """Failures, in millionths."""
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    """When `level` was right."""
