"""A sign-in in progress. It lives in the database, so no worker needs to be the same one and a restart loses nothing."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model


class InteractionRecord(Model):
    """Bound to the browser that began it by the digest of a secret in that browser's cookie."""

    __tablename__ = "interaction"

    id: Mapped[str] = mapped_column(primary_key=True)
    browser_digest: Mapped[str] = mapped_column(index=True)
    former_digest: Mapped[str]  # of the secret that this browser had before the last proof; empty: of none
    kind: Mapped[str]
    asked: Mapped[str] = mapped_column(Text)
    parameters: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(String(64), index=True, server_default="")
    """From where it was begun: so many may be open at a time."""
    created_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    chosen_sid: Mapped[str]
    started_sid: Mapped[str] = mapped_column(index=True)  # the session that it has begun or strengthened, once
    account_id: Mapped[str] = mapped_column(index=True)  # who has proven something; empty: nobody yet
    proofs: Mapped[str] = mapped_column(Text)  # what they proved
    remember: Mapped[int]
    trust: Mapped[int]  # they trust this browser
    denied: Mapped[int]
    offer: Mapped[int]  # a passkey, before going on
    allowed: Mapped[int]
    address_proven_at: Mapped[int] = mapped_column(BigInteger, server_default="0")  # that they read the account's mail
    completed_at: Mapped[int | None]
