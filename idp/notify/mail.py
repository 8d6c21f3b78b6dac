"""Writes and sends mail: templates in the recipient's language, text and HTML of the same worth, over one SMTP connection a batch.

Mail about an account carries no List headers: it isn't a list that one could leave.
"""

import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from flask_babel import force_locale
from jinja2 import ChoiceLoader, FileSystemLoader
from pydantic import SecretStr

from idp.notify.worker import Message, Undeliverable

_TEMPLATES = Path(__file__).parent / "templates"
_TIMEOUT = 20
_PERMANENT = 500
"""SMTP's replies from here on say "never", those below "not now" (RFC 5321 section 4.2.1)."""


class MailSettings(Protocol):
    """`config.Mail`."""

    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def port(self) -> int: ...  # noqa: D102
    @property
    def username(self) -> str: ...  # noqa: D102
    @property
    def password(self) -> SecretStr | None: ...  # noqa: D102
    @property
    def starttls(self) -> bool: ...  # noqa: D102
    @property
    def sender(self) -> str: ...  # noqa: D102


class MailHandler:
    """Delivers messages of kind `mail`. `app` lends its `mail/` templates and translations; `issuer` is where links in a footer lead.

    `service` is the sender's name where `settings.sender` is an address without one.
    """

    def __init__(self, app: Flask, settings: MailSettings, *, issuer: str, service: str) -> None:
        self._app = app
        # The layout and parts of every mail are here; what a mail says is in the package that sends it.
        self._templates = app.jinja_env.overlay(
            loader=ChoiceLoader([app.create_global_jinja_loader(), FileSystemLoader(_TEMPLATES)])
        )
        self._settings = settings
        self._issuer = issuer
        self._service = service
        self._server: smtplib.SMTP | None = None

    def deliver(self, message: Message) -> None:
        """Send one mail; raises Undeliverable when the server says that the address doesn't exist."""
        mail = self.compose(message)
        try:
            self._connected().send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _text in error.recipients.values()}
            if min(codes) >= _PERMANENT:
                raise Undeliverable(f"the recipient was refused: {min(codes)}") from error
            raise
        except (smtplib.SMTPException, OSError):
            # A connection that failed once is not used again; the rest of the batch gets a new one.
            self.end_batch()
            raise

    def end_batch(self) -> None:
        """Take leave of the server."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def compose(self, message: Message) -> EmailMessage:
        """Return the mail, ready to send. The same message always has the same Message-ID, so that a repetition shows."""
        name, sender = parseaddr(self._settings.sender)
        subject, text, html = self._render(message.payload)
        mail = EmailMessage(policy=SMTP)
        # Address and EmailMessage refuse line breaks: nothing that was typed can add a header.
        mail["From"] = Address(name or self._service, addr_spec=sender)
        mail["To"] = _recipient(message.payload["to"])
        mail["Subject"] = " ".join(subject.split())
        mail["Date"] = format_datetime(datetime.fromtimestamp(message.created_at, UTC))
        mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office notes, please
        mail.set_content(text.strip() + "\n")
        mail.add_alternative(html, subtype="html")
        # Only now: a Content header that was there before would have gone into the text part.
        mail["Content-Language"] = message.payload["locale"]
        return mail

    def _render(self, payload: dict[str, Any]) -> tuple[str, str, str]:
        template = f"mail/{payload['template']}"
        with self._app.app_context(), force_locale(payload["locale"].replace("-", "_")):
            context = {"issuer": self._issuer, **payload["context"]}
            subject, text, html = (
                self._templates.get_template(f"{template}.{part}").render(context)
                for part in ("subject", "txt", "html")
            )
        return subject, text, html

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            settings = self._settings
            server = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT)
            try:
                if settings.starttls:
                    server.starttls(context=ssl.create_default_context())
                if settings.username and settings.password is not None:
                    server.login(settings.username, settings.password.get_secret_value())
            except BaseException:
                server.close()
                raise
            self._server = server
        return self._server


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except (ValueError, IndexError) as error:
        raise Undeliverable("the address can't be written into a header") from error
