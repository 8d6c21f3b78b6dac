"""The protocol's tables. Bearer secrets are stored as SHA-256; a used code or refresh token is kept and flagged, so reuse is seen."""

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class ClientRecord(Model):
    """A registered client; `metadata_json` holds RFC 7591's field names."""

    __tablename__ = "client"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    metadata_json: Mapped[str] = mapped_column(Text)
    source: Mapped[str]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    disabled_at: Mapped[int | None]


class ClientSecret(Model):
    """One of a client's secrets: two can live at once, so that a change needs no outage."""

    __tablename__ = "client_secret"

    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.client_id", ondelete="CASCADE"), index=True)
    digest: Mapped[str]
    created_at: Mapped[int]
    expires_at: Mapped[int | None]


class TokenFamily(Model):
    """One authorization by one person to one client: its code and every token that came from it live and die with this row."""

    __tablename__ = "token_family"
    __table_args__ = (Index("ix_token_family_account_id_client_id", "account_id", "client_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    account_id: Mapped[str]
    sid: Mapped[str] = mapped_column(index=True)
    scope: Mapped[str] = mapped_column(Text)
    resource: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    auth_time: Mapped[int]
    acr: Mapped[str]
    amr: Mapped[str]
    claims: Mapped[str] = mapped_column(Text, server_default="")
    offline: Mapped[int]
    created_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    last_used_at: Mapped[int]
    revoked_at: Mapped[int | None]
    revoked_reason: Mapped[str | None]


class AuthorizationCode(Model):
    """RFC 6749 section 4.1.2, bound to its redirect URI and PKCE challenge (RFC 7636)."""

    __tablename__ = "authorization_code"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    family_id: Mapped[str] = mapped_column(ForeignKey("token_family.id", ondelete="CASCADE"), index=True)
    redirect_uri: Mapped[str] = mapped_column(Text)
    redirect_uri_sent: Mapped[int]
    code_challenge: Mapped[str]
    expires_at: Mapped[int]
    used_at: Mapped[int | None]


class RefreshToken(Model):
    """One link of a family's chain; `successor_id` names the next one."""

    __tablename__ = "refresh_token"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    family_id: Mapped[str] = mapped_column(ForeignKey("token_family.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int]
    expires_at: Mapped[int]
    used_at: Mapped[int | None]
    replayed_at: Mapped[int | None]
    successor_id: Mapped[str | None]


class Consent(Model):
    """What a person has allowed a client, remembered."""

    __tablename__ = "consent"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[int]


class RevokedAccessToken(Model):
    """An access token revoked before its time (RFC 7009); forgotten once it has expired."""

    __tablename__ = "revoked_access_token"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[int] = mapped_column(index=True)


class UsedAssertion(Model):
    """A client assertion's `jti` (RFC 7523 section 3), remembered until it expires."""

    __tablename__ = "used_assertion"

    digest: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[int] = mapped_column(index=True)
