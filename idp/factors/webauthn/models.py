"""The tables of keys. Written only by `store`."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model
from idp.factors.models import Seconds


class WebAuthnUser(Model):
    """The random value by which authenticators know an account. It says nothing, and is used for nothing else."""

    __tablename__ = "webauthn_user"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    handle: Mapped[bytes] = mapped_column(LargeBinary)


class WebAuthnKey(Model):
    """A passkey or security key: its public half, and what is known of the authenticator that holds the other one."""

    __tablename__ = "webauthn_key"

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id", ondelete="CASCADE"), primary_key=True)
    credential_id: Mapped[str] = mapped_column(Text, unique=True)  # base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE_Key
    algorithm: Mapped[int]
    sign_count: Mapped[int] = mapped_column(BigInteger)  # 32 bits without a sign
    aaguid: Mapped[str] = mapped_column(String(36))
    transports: Mapped[str] = mapped_column(String(200))  # separated by spaces
    discoverable: Mapped[int | None]
    backup_eligible: Mapped[int]
    backed_up: Mapped[int]
    attested: Mapped[int]  # its maker has vouched that the key can't leave it
    copied_since: Mapped[Seconds | None]  # its counter went backwards: there are two of it


class WebAuthnChallenge(Model):
    """A question that hasn't been answered yet: asked of whom, for what. Taking it deletes it."""

    __tablename__ = "webauthn_challenge"
    __table_args__ = (
        Index("ix_webauthn_challenge_owner", "owner"),
        Index("ix_webauthn_challenge_expires_at", "expires_at"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(26))  # a session's or an interaction's id
    expires_at: Mapped[Seconds]
