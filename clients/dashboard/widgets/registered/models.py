"""The table of registered widgets. Times are seconds since the epoch."""

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clients.sso.db import Model


class RegisteredWidget(Model):
    """A widget that a service has registered. Every statement that changes one names the service."""

    __tablename__ = "registered_widget"

    service: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The `client_id` in the token that brought it."""
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The service's own name for it."""
    manifest: Mapped[str] = mapped_column(Text)
    """JSON (`contract.Manifest`)."""
    updated_at: Mapped[int] = mapped_column(BigInteger)
