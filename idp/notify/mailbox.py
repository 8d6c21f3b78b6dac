"""The demo mailbox: every mail that the sink took, as a web page and as JSON. `python -m idp.notify.mailbox` runs both.

Only outside production, only on loopback, and only under loopback's names, so that no web page elsewhere can read codes out of it.
"""

import re
import signal
import sys
import threading
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask, Response, abort, jsonify, render_template, request
from werkzeug.serving import WSGIRequestHandler, make_server

from config.design import Links, register
from config.errors import ConfigError
from config.files import keep_private
from config.settings import ProviderSettings, load_provider
from idp.notify import sink

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'"
)
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation;"
    " default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_LINK = re.compile(r"https?://[^\s<>\"']+")


class Mail(NamedTuple):
    """One mail as the API gives it; `id` is left out there."""

    id: str
    to: str
    subject: str
    text: str
    html: str
    links: list[str]
    date: str

    @classmethod
    def parse(cls, name: str, message: EmailMessage) -> "Mail":
        """Read what the mailbox shows out of a stored mail."""
        text = _content(message, "plain")
        return cls(
            id=name,
            to=", ".join(address for _name, address in getaddresses([str(message["To"])])),
            subject=str(message["Subject"]),
            text=text,
            html=_content(message, "html"),
            links=list(dict.fromkeys(link.rstrip(".,;:!?)") for link in _LINK.findall(text))),
            date=parsedate_to_datetime(str(message["Date"])).isoformat(),
        )


def create_app(settings: ProviderSettings, folder: sink.MailFolder) -> Flask:
    """Return the mailbox's web app."""
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["localhost", "127.0.0.1", "[::1]"]
    register(
        app,
        brand=settings.brand,
        links=Links.under(settings.issuer),
        languages=settings.languages,
        service="Demo mailbox",
    )

    def mails(to: str) -> list[Mail]:
        found = ((name, message) for name in folder.names() if (message := folder.read(name)))
        everything = (Mail.parse(name, message) for name, message in found)
        return [mail for mail in everything if not to or to.casefold() in mail.to.casefold().split(", ")]

    def one(name: str) -> Mail:
        message = folder.read(name)
        return Mail.parse(name, message) if message else abort(HTTPStatus.NOT_FOUND)

    @app.get("/")
    def inbox() -> str:
        to = request.args.get("to", "").strip()
        return render_template("mailbox/inbox.html", mails=mails(to), to=to)

    @app.get("/messages/<name>")
    def message(name: str) -> str:
        return render_template("mailbox/message.html", mail=one(name))

    @app.get("/messages/<name>/html")
    def html(name: str) -> Response:
        # A link in a mail opens in place of the mailbox: the pages it leads to refuse to be framed.
        response = Response(f'<base target="_top">{one(name).html}', mimetype="text/html")
        response.headers["Content-Security-Policy"] = _MAIL_POLICY
        return response

    @app.get("/api/messages")
    def messages() -> Response:
        return jsonify(
            [{k: v for k, v in mail._asdict().items() if k != "id"} for mail in mails(request.args.get("to", ""))]
        )

    @app.get("/health/live")
    def live() -> Response:
        return jsonify(status="ok")

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app


def main() -> int:
    """Run sink and mailbox until SIGTERM or Ctrl-C; returns the process's exit status."""
    try:
        settings = _demo_settings()
        keep_private(settings.data_dir)
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    folder = sink.MailFolder(settings.data_dir / "mail")
    smtp = sink.serve(folder, host="127.0.0.1", port=settings.mail.port)
    web = make_server(
        "127.0.0.1", settings.mailbox_port, create_app(settings, folder), threaded=True, request_handler=_Silent
    )
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    threading.Thread(target=web.serve_forever, daemon=True).start()
    stop.wait()
    web.shutdown()
    smtp.stop()
    return 0


def _demo_settings() -> ProviderSettings:
    settings = load_provider()
    if not settings.has_mailbox:
        raise ConfigError("The demo mailbox is not for production: set IDP_MAIL__HOST to a real server.")
    return settings


class _Silent(WSGIRequestHandler):
    """Paths here name mails; nobody needs them in a log."""

    def log_request(self, *_arguments: Any) -> None:
        """Log nothing."""


def _content(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


if __name__ == "__main__":
    sys.exit(main())
