"""The table of recovery codes."""

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class RecoveryCode(Model):
    """One code of a set."""

    __tablename__ = "factor_recovery_code"

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    keyed: Mapped[int]  # 0: from before codes were kept under a key; `service.py` sees to it
    used_at: Mapped[Annotated[int | None, mapped_column(BigInteger)]]
