"""The table of rate limits."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class RateLimit(Model):
    """How empty one token bucket is. A full one has no row, so nothing is remembered for good."""

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """HMAC of the bucket's name and subject."""
    until: Mapped[int] = mapped_column(BigInteger, index=True)
    """When it is full again, in seconds since the epoch."""
