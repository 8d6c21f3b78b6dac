"""A mail server for tests, on loopback: takes everything, keeps every delivery, repetitions too."""

import re
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller

from tests.support.ports import free_port


class MailSink:
    """`with MailSink() as sink`; `deliveries` are in the order in which they came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.deliveries: list[EmailMessage] = []
        options: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True, **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.deliveries.append(message)
        return "250 2.0.0 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in list(self.deliveries) if address in str(mail["To"])]

    def code(self, address: str) -> str:
        """Return the code of the newest mail to `address`, or an empty text."""
        mails = self.to(address)
        found = re.search(r"(?m)^\s*([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\s*$", text_of(mails[-1])) if mails else None
        return found[1] if found else ""

    def link(self, address: str) -> str:
        mails = self.to(address)
        found = re.search(r"https?://\S+/[\w-]{40,}", text_of(mails[-1])) if mails else None
        return found[0] if found else ""


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())
