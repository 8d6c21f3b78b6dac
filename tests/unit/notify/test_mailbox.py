import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config.settings import load_provider
from idp.notify import mailbox, sink
from tests.support.ports import free_port


def _mail(to: str, subject: str, number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "account@example.org"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = "Tue, 14 Nov 2023 22:13:20 +0000"
    mail["Message-ID"] = f"<{number}@example.org>"
    mail.set_content(
        "Open http://localhost:8000/confirm?a=1.\nOr http://localhost:8000/other\nOr http://localhost:8000/other"
    )
    mail.add_alternative("<p onclick='x()'>Open <a href='http://localhost:8000/confirm?a=1'>it</a></p>", subtype="html")
    return mail


@pytest.fixture
def folder(tmp_path: Path) -> sink.MailFolder:
    return sink.MailFolder(tmp_path / "mail")


@pytest.fixture
def client(folder: sink.MailFolder, tmp_path: Path) -> FlaskClient:
    settings = load_provider({"PROFILE": "test", "DATA_DIR": str(tmp_path)})
    for number, (to, subject) in enumerate(
        [("alice@example.org", "First"), ("bob@example.org", "Other"), ("alice@example.org", "Second")]
    ):
        folder.keep(bytes(_mail(to, subject, number)))
    return mailbox.create_app(settings, folder).test_client()


def test_the_api_lists_newest_first(client: FlaskClient) -> None:
    messages = client.get("/api/messages?to=Alice@example.org").json
    assert messages is not None
    assert [message["subject"] for message in messages] == ["Second", "First"]
    assert set(messages[0]) == {"to", "subject", "text", "html", "links", "date"}
    assert messages[0]["to"] == "alice@example.org"
    assert messages[0]["links"] == ["http://localhost:8000/confirm?a=1", "http://localhost:8000/other"]
    assert messages[0]["date"] == "2023-11-14T22:13:20+00:00"
    assert client.get("/api/messages?to=nobody@example.org").json == []
    assert len(client.get("/api/messages").json or []) == 3


def test_a_mail_is_shown_in_a_sandbox(client: FlaskClient, folder: sink.MailFolder) -> None:
    assert "Second" in client.get("/").text
    name = folder.names()[0]
    page = client.get(f"/messages/{name}")
    assert f"/messages/{name}/html" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    html = client.get(f"/messages/{name}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "allow-scripts" not in html.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fetc%2Fpasswd", ".."])
def test_what_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/messages/{name}").status_code == 404


def test_other_names_for_loopback_are_refused(client: FlaskClient) -> None:
    assert client.get("/api/messages", headers={"Host": "rebinding.example"}).status_code == 400


def test_mail_survives_a_restart_and_repetitions_are_dropped(tmp_path: Path) -> None:
    folder = sink.MailFolder(tmp_path / "mail")
    port = free_port()
    server = sink.serve(folder, host="127.0.0.1", port=port)
    for _ in range(2):
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.send_message(_mail("jürgen@example.org", "Grüße", 1))
    server.stop()
    again = sink.MailFolder(tmp_path / "mail")
    [name] = again.names()
    mail = again.read(name)
    assert mail is not None
    assert str(mail["Subject"]) == "Grüße"


def test_it_refuses_production(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PROFILE", "production")
    assert mailbox.main() == 2
    assert capsys.readouterr().err
