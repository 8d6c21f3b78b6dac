"""The notepad's table. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class WidgetNote(Model):
    """What a person has written."""

    __tablename__ = "widget_note"

    sub: Mapped[str] = mapped_column(String(255), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Grows with each change: whoever changes says which one they saw."""
    changed_at: Mapped[int] = mapped_column(BigInteger)
