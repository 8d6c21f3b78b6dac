"""The tables of what the authority has made. Times are seconds since the epoch; serial numbers are hexadecimal, in lower case."""

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model

_RENEWALS = text("replaces <> ''")


class Certificate(Model):
    """A certificate, recorded in the same transaction that it is made in: there is none without its row, and no serial number twice."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index("ix_certificate_sub", "sub"),
        # A key is certified once, whoever has it and however many ask at once.
        Index("uq_certificate_key", "key_fingerprint", unique=True),
        Index("ix_certificate_not_after", "not_after"),
        # What was approved once is made once.
        Index("uq_certificate_enrolment", "enrolment_id", unique=True),
        # And renewed once: at once by its owner, or by an officer's decision.
        Index("uq_certificate_replaces", "replaces", unique=True, sqlite_where=_RENEWALS, postgresql_where=_RENEWALS),
        Index("ix_certificate_revoked", "revoked_at"),
    )

    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    """The language that its owner is written to in."""
    enrolment_id: Mapped[str] = mapped_column(String(43))
    """What it was made for: an approved request, or the renewal of another certificate."""
    key_fingerprint: Mapped[str] = mapped_column(String(64))
    der: Mapped[bytes] = mapped_column(LargeBinary)
    not_before: Mapped[int] = mapped_column(BigInteger)
    not_after: Mapped[int] = mapped_column(BigInteger)
    replaces: Mapped[str] = mapped_column(String(40))
    """The one that it renews; empty: none."""
    revoked_at: Mapped[int] = mapped_column(BigInteger)
    """0: it isn't revoked."""
    reason: Mapped[str] = mapped_column(String(40))
    """Why it is revoked (`keys.ca.crl.REASONS`)."""
    reminded: Mapped[int]
    """So many days before its end the person was reminded last; 0: not yet."""


class RevocationList(Model):
    """A signed list."""

    __tablename__ = "revocation_list"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    """`issuing` or `root`."""
    number: Mapped[int] = mapped_column(BigInteger)
    der: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[int]
    """How many certificates were revoked before it was signed: when there are more, it is out of date."""


class Event(Model):
    """What happened, by whom and to whom. Rows are added and read, nothing else; triggers in the database hold that."""

    __tablename__ = "certificate_event"
    __table_args__ = (Index("ix_certificate_event_sub", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(40))
    sub: Mapped[str] = mapped_column(String(255))
    """Whose certificate or request it is about."""
    by: Mapped[str] = mapped_column(String(255))
    """The account that did it; empty: the service itself."""
    by_name: Mapped[str] = mapped_column(Text, server_default="")
    """Its name, if it is an officer's."""
    serial: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(String(64))


class Enrolment(Model):
    """Somebody asks for a certificate. It is theirs alone, and the officers'."""

    __tablename__ = "enrolment"
    __table_args__ = (
        # One at a time: `open_sub` is whose it is while it is waiting or can be picked up, else the request's own id.
        Index("uq_enrolment_open_sub", "open_sub", unique=True),
        Index("ix_enrolment_sub", "sub"),
        Index("ix_enrolment_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    open_sub: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(Text)
    """As the account had it when it was asked; nobody edits it here."""
    username: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    replaces: Mapped[str] = mapped_column(String(40), server_default="")
    """The serial number of the certificate that it renews, under another name than officers have seen; empty: none."""
    purpose: Mapped[str] = mapped_column(Text)
    """What it is for, in the person's words."""
    request: Mapped[str] = mapped_column(Text)
    """The PKCS#10 request of the enrolling browser, PEM."""
    key_fingerprint: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(Text)
    """Browser and system that it was asked from."""
    code_hash: Mapped[str] = mapped_column(String(64))
    wrong_codes: Mapped[int]
    wait_until: Mapped[int] = mapped_column(BigInteger)
    """No code counts before."""
    state: Mapped[str] = mapped_column(String(12))
    """`waiting`, `approved`, `rejected`, `done`, `withdrawn` or `expired`."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    decided_at: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(255))
    decided_by_name: Mapped[str] = mapped_column(Text, server_default="")
    answer: Mapped[str] = mapped_column(Text)
    """Why it was rejected."""
    expires_at: Mapped[int] = mapped_column(BigInteger)
    """Until then it can be picked up; 0 before it is approved."""


class Sending(Model):
    """What others have to be told, written in the same transaction as what caused it, and there until it has been."""

    __tablename__ = "certificate_sending"
    __table_args__ = (Index("ix_certificate_sending_due_at", "due_at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`message` to a person's inbox, `notice` by mail, or `add` and `remove` of a certificate at the provider."""
    payload: Mapped[str] = mapped_column(Text)
    due_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int]
    created_at: Mapped[int] = mapped_column(BigInteger)
