"""The table of authenticator apps."""

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class TotpApp(Model):
    """An app that shares a secret with us."""

    __tablename__ = "factor_totp"

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)  # sealed
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)  # so that a form sent twice sets up one app
    last_step: Mapped[int] = mapped_column(BigInteger)  # of the last code that was accepted: none is accepted twice
    drift: Mapped[int]  # steps that the app's clock is ahead
