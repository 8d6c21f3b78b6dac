"""The tables of push approval. Written only by `store`."""

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model
from idp.factors.models import Seconds


class PushDevice(Model):
    """A registered browser: its public key, and where pushes reach it."""

    __tablename__ = "push_device"

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id", ondelete="CASCADE"), primary_key=True)
    kid: Mapped[str] = mapped_column(String(43), unique=True)  # RFC 7638 thumbprint of the key
    key: Mapped[str] = mapped_column(Text)  # public, as JWK
    subscription: Mapped[str | None] = mapped_column(Text)  # sealed; none: requests are seen only on its approvals page
    endpoint_hash: Mapped[str | None] = mapped_column(String(64))


class PushEnrolment(Model):
    """A device that is being registered. It is deleted when it is confirmed, or turned away."""

    __tablename__ = "push_enrolment"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    sid: Mapped[str] = mapped_column(String(26), unique=True)  # of the session that asked: one at a time
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Seconds]
    claimed_at: Mapped[Seconds | None]
    kid: Mapped[str | None] = mapped_column(String(43), unique=True)
    key: Mapped[str | None] = mapped_column(Text)
    subscription: Mapped[str | None] = mapped_column(Text)
    endpoint_hash: Mapped[str | None] = mapped_column(String(64))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    number: Mapped[str | None] = mapped_column(String(2))  # shown on the device, typed on the signed-in page
    tries: Mapped[int]


class PushRequest(Model):
    """A question to all devices of an account, answered once."""

    __tablename__ = "push_request"
    __table_args__ = (
        Index("ix_push_request_account_id", "account_id", "created_at"),
        Index("ix_push_request_attempt_id", "attempt_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    attempt_id: Mapped[str] = mapped_column(String(100))
    proven: Mapped[str] = mapped_column(String(64))  # digest of the password and browser, or the session, that asked
    number: Mapped[str] = mapped_column(String(2))
    challenge: Mapped[str] = mapped_column(String(43))
    service: Mapped[str] = mapped_column(String(200))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]
    delivery: Mapped[str] = mapped_column(String(12))  # none, queued, sent, trouble
    answer: Mapped[str | None] = mapped_column(String(12))  # approved, wrong, denied, not_me
    answered_at: Mapped[Seconds | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("factor.id", ondelete="SET NULL"))
    used_at: Mapped[Seconds | None]
    locked_at: Mapped[Seconds | None]


class PushTurn(Model):
    """One row for each account: whoever writes it is, until the transaction ends, the only one who asks its devices."""

    __tablename__ = "push_turn"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Seconds]
