"""The board's table. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class BoardLayout(Model):
    """A person's board: one row, whose version grows with every change, also when the board is cleared."""

    __tablename__ = "board_layout"

    sub: Mapped[str] = mapped_column(String(255), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    layout: Mapped[str] = mapped_column(Text)
    """JSON (`layout.Layout`)."""
    previous: Mapped[str] = mapped_column(Text)
    """The layout before widgets were taken away last, for *Undo*; empty: there is nothing to undo."""
    editor: Mapped[str] = mapped_column(String(40))
    """The open page that wrote last, and its how manyth change that was: its own later changes are never a conflict."""
    sequence: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[int] = mapped_column(BigInteger)
