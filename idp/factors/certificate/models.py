"""The tables of certificates and of sign-ins with them. Written only by `store`."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model
from idp.factors.models import Seconds


class CertificateRecord(Model):
    """A certificate that its owner may sign in with: what it is known by, and nothing that it says of a person."""

    __tablename__ = "factor_certificate"
    __table_args__ = (UniqueConstraint("issuer", "serial"),)

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id", ondelete="CASCADE"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(64))  # SHA-256 of the issuing certificate's SubjectPublicKeyInfo
    serial: Mapped[str] = mapped_column(String(40))  # hexadecimal
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 of the whole certificate
    not_after: Mapped[Seconds]


class CertificateSignIn(Model):
    """A way to the address that asks for a certificate, and back: the ticket there is good once, and so is the result that comes of it."""

    __tablename__ = "certificate_sign_in"
    __table_args__ = (
        Index("ix_certificate_sign_in_expires_at", "expires_at"),
        Index("ix_certificate_sign_in_attempt", "attempt"),
    )

    ticket: Mapped[str] = mapped_column(String(64), primary_key=True)  # hashed
    attempt: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(26))  # empty: whoever shows their certificate
    expires_at: Mapped[Seconds]
    used_at: Mapped[Seconds | None]
    result: Mapped[str | None] = mapped_column(String(64), unique=True)  # hashed
    refused: Mapped[str | None] = mapped_column(String(24))
    factor_id: Mapped[str | None] = mapped_column(String(26))
    redeemed_at: Mapped[Seconds | None]
    replayed_at: Mapped[Seconds | None]
    """When it was first used again, or too late: that goes into the trail once."""
