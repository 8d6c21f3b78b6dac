"""Tables of signing in. Times are seconds since the epoch; of secrets only digests are kept.

Nothing here outlives a sign-in: the tables can be dropped at the price of everybody signing in again.
"""

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class SsoSession(Model):
    """A person who is signed in here. The browser holds `id` and a secret."""

    __tablename__ = "sso_session"
    # Back-channel logout names a session at the provider, or a person.
    __table_args__ = (Index("ix_sso_session_sid", "sid"), Index("ix_sso_session_sub", "sub"))

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    sid: Mapped[str | None] = mapped_column(String(255))
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(Text)
    username: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    id_token: Mapped[str] = mapped_column(Text)
    """Encrypted; handed back to the provider when the person signs out."""
    acr: Mapped[str] = mapped_column(String(64), server_default="")
    """How strongly the person signed in, and by what (RFC 8176, separated by spaces), and when they last proved who they are."""
    amr: Mapped[str] = mapped_column(String(255), server_default="")
    auth_time: Mapped[int] = mapped_column(BigInteger, server_default="0")
    roles: Mapped[str] = mapped_column(Text, server_default="")
    """What the person may do, where the service asks for the scope `roles`; separated by spaces, as of the sign-in."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[int] = mapped_column(BigInteger)


class PendingSignIn(Model):
    """A person who was sent to the provider and hasn't come back. Bound to the browser that was sent."""

    __tablename__ = "sso_pending_sign_in"
    __table_args__ = (
        Index("ix_sso_pending_sign_in_expires_at", "expires_at"),
        Index("ix_sso_pending_sign_in_browser_hash", "browser_hash"),
        Index("ix_sso_pending_sign_in_network", "network"),
    )

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(128))
    code_verifier: Mapped[str] = mapped_column(String(128))
    return_to: Mapped[str] = mapped_column(Text)
    acr: Mapped[str] = mapped_column(String(64), server_default="")
    """What the sign-in has to reach, and how recent it has to be."""
    max_age: Mapped[int | None] = mapped_column(BigInteger)
    network: Mapped[str] = mapped_column(String(64), server_default="")
    """From where they were sent: of one network so many are remembered."""
    expires_at: Mapped[int] = mapped_column(BigInteger)


class SsoGrant(Model):
    """What renews the access tokens of a session: a refresh token, encrypted."""

    __tablename__ = "sso_grant"

    session_id: Mapped[str] = mapped_column(
        String(43), ForeignKey("sso_session.id", ondelete="CASCADE"), primary_key=True
    )
    refresh_token: Mapped[str] = mapped_column(Text)
    held_until: Mapped[int] = mapped_column(BigInteger)
    """Somebody is renewing, and has so long to do it; 0: nobody is."""


class SsoAccessToken(Model):
    """A token of a session for one API, encrypted."""

    __tablename__ = "sso_access_token"

    session_id: Mapped[str] = mapped_column(
        String(43), ForeignKey("sso_session.id", ondelete="CASCADE"), primary_key=True
    )
    resource: Mapped[str] = mapped_column(String(500), primary_key=True)
    scope: Mapped[str] = mapped_column(String(500), primary_key=True)
    """Separated by spaces."""
    token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class KeptForm(Model):
    """What a person had typed when they were sent to the provider. Bound to them and to their browser; `fields` is encrypted."""

    __tablename__ = "sso_kept_form"
    __table_args__ = (
        Index("ix_sso_kept_form_expires_at", "expires_at"),
        Index("ix_sso_kept_form_browser_hash", "browser_hash"),
    )

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    sub: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(Text)
    fields: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class SeenLogoutToken(Model):
    """A logout token that was obeyed: nobody can replay it while it is valid, and no sign-in that it ended begins a session after it."""

    __tablename__ = "sso_seen_logout_token"
    __table_args__ = (Index("ix_sso_seen_logout_token_sid", "sid"), Index("ix_sso_seen_logout_token_sub", "sub"))

    jti_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sid: Mapped[str | None] = mapped_column(String(255))
    sub: Mapped[str | None] = mapped_column(String(255))
    issued_at: Mapped[int] = mapped_column(BigInteger, server_default="0")
    expires_at: Mapped[int] = mapped_column(BigInteger)
