"""The tables of people. Written only by `store/`, read by the pages; no rule lives here."""

from typing import Annotated

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model

Seconds = Annotated[int, mapped_column(BigInteger)]
"""A time: seconds since the epoch, UTC."""

ACTIVE = "active"
DISABLED = "disabled"
LOCKED = "locked"
"""The owner said that it wasn't them: a new password opens it again."""
PRIMARY = "primary"
RECOVERY = "recovery"


class Account(Model):
    """A person. The row is made when the first e-mail address is confirmed, so there is no half-made account."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)  # the `sub` of OpenID Connect
    username: Mapped[str] = mapped_column(String(64))  # as typed, NFKC
    username_key: Mapped[str] = mapped_column(String(128), unique=True)  # case-folded
    # `usernames.confusable_key`; empty for who looked like another before it was kept.
    confusable_key: Mapped[str | None] = mapped_column(Text, index=True, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str | None] = mapped_column(String(100))
    family_name: Mapped[str | None] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))  # PHC string
    password_changed_at: Mapped[Seconds]
    password_expires_at: Mapped[
        Seconds | None
    ]  # an initial one, which somebody else has made: to be changed at the first sign-in
    password_advice: Mapped[str | None] = mapped_column(
        String(8)
    )  # due, given: to choose a longer one; `password_advice.py`
    locale: Mapped[str] = mapped_column(String(16))
    country: Mapped[str | None] = mapped_column(String(2))  # ISO 3166-1 alpha-2
    time_zone: Mapped[str | None] = mapped_column(String(64))  # IANA name
    organization: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(32))
    street: Mapped[str | None] = mapped_column(String(300))
    city: Mapped[str | None] = mapped_column(String(100))
    region: Mapped[str | None] = mapped_column(String(100))
    postal_code: Mapped[str | None] = mapped_column(String(32))
    roles: Mapped[str] = mapped_column(String(500), default="", server_default="")  # separated by spaces
    status: Mapped[str] = mapped_column(String(16))
    preferred_method: Mapped[str | None] = mapped_column(String(24))  # of strong authentication; asked for first
    terms_accepted_at: Mapped[Seconds]
    created_at: Mapped[Seconds]
    updated_at: Mapped[Seconds]


class EmailAddress(Model):
    """A confirmed address of an account: one primary, at most one for recovery. Unconfirmed ones are only a `Confirmation`."""

    __tablename__ = "email_address"
    __table_args__ = (
        UniqueConstraint("account_id", "role"),
        # An address signs in to one account only; the same one may be the recovery address of several.
        Index(
            "uq_email_address_primary",
            "address_key",
            unique=True,
            sqlite_where=text("role = 'primary'"),
            postgresql_where=text("role = 'primary'"),
        ),
        Index("ix_email_address_address_key", "address_key"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320))
    role: Mapped[str] = mapped_column(String(16))
    confirmed_at: Mapped[Seconds]
    usable_from: Mapped[
        Seconds
    ]  # one that was added by the password alone waits, so that a thief can't add one and walk in
    cancel_hash: Mapped[str | None] = mapped_column(String(64))  # of the secret in the "it wasn't me" link
    created_at: Mapped[Seconds]


class Confirmation(Model):
    """A proof that was sent to an address: a link and a code, either of which works once."""

    __tablename__ = "confirmation"
    __table_args__ = (Index("ix_confirmation_expires_at", "expires_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(24))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))  # none: the code was used, or there is none
    proof_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of what a browser got for the code
    same_as: Mapped[str | None] = mapped_column(
        String(26)
    )  # the account's open request, whose code is taken here as well
    sent_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]
    used_at: Mapped[Seconds | None]
    created_at: Mapped[Seconds]
    data: Mapped[str] = mapped_column(Text)  # sealed JSON: what happens once it is confirmed


class AlarmRecord(Model):
    """An "It wasn't me" that was sent out in a notice."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_expires_at", "expires_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    event: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(320))  # the account's own, before what the notice is about
    created_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]
    used_at: Mapped[Seconds | None]


class SsoSession(Model):
    """One browser in which a person is signed in. `id` is the `sid` of OpenID Connect."""

    __tablename__ = "sso_session"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Seconds]
    authenticated_at: Mapped[Seconds]
    last_seen_at: Mapped[Seconds]
    expires_at: Mapped[Seconds]  # whatever happens
    idle_seconds: Mapped[int]  # since last_seen_at
    remembered: Mapped[int]
    ended_at: Mapped[Seconds | None]
    ended_reason: Mapped[str | None] = mapped_column(String(32))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    proofs: Mapped[str] = mapped_column(Text)  # JSON, of each method the last one; `strength.py` reads it
    address_proven_at: Mapped[Seconds] = mapped_column(
        server_default="0"
    )  # that the person reads the account's mail; 0: never


class Authentication(Model):
    """Everything that authenticated a person; `amr`, `acr`, `auth_time` and the sign-in history derive from it."""

    __tablename__ = "authentication"
    __table_args__ = (Index("ix_authentication_account_id_at", "account_id", "at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    sid: Mapped[str] = mapped_column(String(26), index=True)
    method: Mapped[str] = mapped_column(String(32))
    strength: Mapped[str] = mapped_column(String(16))
    at: Mapped[Seconds]
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))


class DeviceCookie(Model):
    """A browser in which somebody has signed in with this password (OWASP "device cookie")."""

    __tablename__ = "device_cookie"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    password_changed_at: Mapped[Seconds]  # the account's: another password, and it is worth nothing
    expires_at: Mapped[Seconds]


class SignInCode(Model):
    """A sign-in that waits for a code by mail. Without a hash none was sent, and perhaps never will be."""

    __tablename__ = "sign_in_code"

    interaction_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    password_changed_at: Mapped[Seconds | None]  # the account's when the password was found right
    code_hash: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int]
    remember: Mapped[int]
    created_at: Mapped[Seconds]
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    used_at: Mapped[Seconds | None]


class SignInFailures(Model):
    """How many wrong passwords an hour has seen, spread over a few rows; `failure_rate.py` has their sum."""

    __tablename__ = "sign_in_failures"

    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # hours since the epoch
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
