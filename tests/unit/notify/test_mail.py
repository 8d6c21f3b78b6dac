from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader

from config.design import Links, register
from config.settings import Brand, Mail
from idp.notify import sink
from idp.notify.mail import MailHandler
from idp.notify.worker import Message, Undeliverable
from tests.support.ports import free_port

TEMPLATES = {
    "mail/hello.subject": "{{ _('Hello %(name)s', name=name) }}\n{{ injected }}",
    "mail/hello.txt": "{% extends 'mail/layout.txt' %}{% block body %}Hello {{ name }}, open {{ url }}{% endblock %}",
    "mail/hello.html": (
        "{% extends 'mail/layout.html' %}{% from 'mail/parts.html' import button, code, facts, heading, paragraph %}"
        "{% block body %}{{ heading('Hello') }}{{ paragraph(name) }}{{ button(url, 'Open') }}{{ code('123456') }}"
        "{{ facts([('When', 'now')]) }}{% endblock %}"
    ),
}


@pytest.fixture
def app() -> Flask:
    app = Flask("test")
    register(app, brand=Brand(), links=Links.under(), languages=("en", "ar"))
    app.jinja_loader = DictLoader(TEMPLATES)
    return app


@pytest.fixture
def folder(tmp_path: Path) -> sink.MailFolder:
    return sink.MailFolder(tmp_path / "mail")


@pytest.fixture
def handler(app: Flask, folder: sink.MailFolder) -> Iterator[MailHandler]:
    port = free_port()
    server = sink.serve(folder, host="127.0.0.1", port=port)
    settings = Mail(host="127.0.0.1", port=port, starttls=False, sender="account@example.org")
    handler = MailHandler(app, settings, issuer="http://localhost:8000", service="IP Account")
    yield handler
    handler.end_batch()
    server.stop()


def _message(to: str = "alice@example.org", identity: str = "01m8210r0m2yzw3kz5cv489dde", **context: str) -> Message:
    values = {"name": "<Älice> & Co", "url": "http://localhost:8000/confirm?a=1&b=2", "injected": "", **context}
    payload = {"to": to, "template": "hello", "locale": context.get("locale", "en"), "context": values}
    return Message(identity, payload, 1_700_000_000)


def test_a_mail_arrives_as_text_and_html(handler: MailHandler, folder: sink.MailFolder) -> None:
    handler.deliver(_message())
    [name] = folder.names()
    mail = folder.read(name)
    assert mail is not None
    assert str(mail["From"]) == "IP Account <account@example.org>"
    assert str(mail["To"]) == "alice@example.org"
    assert str(mail["Subject"]) == "Hello <Älice> & Co"
    assert str(mail["Message-ID"]) == "<01m8210r0m2yzw3kz5cv489dde@example.org>"
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert str(mail["Date"]) == "Tue, 14 Nov 2023 22:13:20 +0000"
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Hello <Älice> & Co, open http://localhost:8000/confirm?a=1&b=2" in text.get_content()
    assert "&lt;Älice&gt; &amp; Co" in html.get_content()
    assert "http://localhost:8000/help" in html.get_content()


def test_a_repetition_is_recognised(handler: MailHandler, folder: sink.MailFolder) -> None:
    handler.deliver(_message())
    handler.deliver(_message())
    handler.deliver(_message(identity="01m8210r0m2yzw3kz5cv489ddf"))
    assert len(folder.names()) == 2


def test_one_connection_serves_a_batch(handler: MailHandler) -> None:
    handler.deliver(_message())
    server = handler._server
    handler.deliver(_message(identity="01m8210r0m2yzw3kz5cv489ddf"))
    assert handler._server is server
    handler.end_batch()
    assert handler._server is None


def test_the_recipients_language_is_used(handler: MailHandler) -> None:
    html = handler.compose(_message(locale="ar")).get_body(("html",))
    assert html is not None
    assert 'lang="ar" dir="rtl"' in html.get_content()


@pytest.mark.parametrize("subject", ["Bcc: eve@example.org", "\r\nBcc: eve@example.org"])
def test_nothing_that_was_typed_adds_a_header(handler: MailHandler, subject: str) -> None:
    mail = handler.compose(_message(injected=subject))
    assert mail["Bcc"] is None
    assert "\n" not in str(mail["Subject"])


@pytest.mark.parametrize(
    "address", ["alice@example.org\nBcc: eve@example.org", "alice@example.org, eve@example.org", "nobody", ""]
)
def test_an_address_is_one_address(handler: MailHandler, address: str) -> None:
    with pytest.raises(Undeliverable):
        handler.compose(_message(to=address))


def test_a_server_that_is_away_is_tried_again(app: Flask) -> None:
    settings = Mail(host="127.0.0.1", port=free_port(), starttls=False, sender="account@example.org")
    with pytest.raises(OSError, match="refused"):
        MailHandler(app, settings, issuer="http://localhost", service="IP Account").deliver(_message())


def test_without_encryption_nothing_is_sent_where_it_is_asked_for(
    handler: MailHandler, folder: sink.MailFolder
) -> None:
    handler._settings = Mail(host="127.0.0.1", port=handler._settings.port, starttls=True, sender="account@example.org")
    with pytest.raises(Exception, match="STARTTLS"):
        handler.deliver(_message())
    assert folder.names() == []
