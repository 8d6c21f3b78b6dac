"""The tables that all methods share. Written only by `store`."""

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model

Seconds = Annotated[int, mapped_column(BigInteger)]


class FactorRecord(Model):
    """One thing that a person has enrolled: a key, an app, a phone. What its method needs hangs on it by `id`, and goes with it."""

    __tablename__ = "factor"
    __table_args__ = (Index("ix_factor_account_id", "account_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    method: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[Seconds]
    last_used_at: Mapped[Seconds | None]
    last_used_ip: Mapped[str | None] = mapped_column(String(45))
    last_used_agent: Mapped[str | None] = mapped_column(String(400))
    dead_since: Mapped[Seconds | None]  # it can't be reached any more (a push subscription that was given up)


class FactorAttempts(Model):
    """Attempts with one method of one account that haven't succeeded."""

    __tablename__ = "factor_attempts"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    method: Mapped[str] = mapped_column(String(24), primary_key=True)
    proven: Mapped[str] = mapped_column(
        String(64), primary_key=True
    )  # digest of the password and browser, or the session
    count: Mapped[int]
    at: Mapped[Seconds]
    open_at: Mapped[Seconds]


class FactorReset(Model):
    """Somebody who knows the password says that all their methods are out of reach: they end when the waiting time is over."""

    __tablename__ = "factor_reset"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[Seconds]
    due_at: Mapped[Seconds]


class TrustedBrowser(Model):
    """A browser in which a person isn't asked for more than the password, as long as their methods stay the same."""

    __tablename__ = "trusted_browser"
    __table_args__ = (Index("ix_trusted_browser_account_id", "account_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    methods: Mapped[str] = mapped_column(String(64))  # digest of the factors' ids
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]
