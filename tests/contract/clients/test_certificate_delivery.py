"""What Certificates tells others: a receiver that hangs keeps nobody else waiting, and everything is tried for days before it is given up."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clients.certificates import issued, sendings
from clients.certificates.app import create
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.programs import until
from tests.support.provider_double import Clock, ProviderDouble, provider_double

DAY = 24 * 3600


class Provider(ProviderDouble):
    """Gives services tokens, and takes notices unless it is told not to."""

    status = 202

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[str] = []

    def token(self, body: str, headers: Any) -> tuple[int, object]:
        if "grant_type=client_credentials" in body:
            return 200, {"access_token": "at", "token_type": "Bearer", "expires_in": 300}
        return super().token(body, headers)

    def answer(self, path: str, body: str, headers: Any) -> tuple[int, object]:
        if path != "/api/notices":
            return super().answer(path, body, headers)
        self.notices.append(body)
        return self.status, {"status": "accepted"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[Provider]:
    with provider_double(clock, Provider) as double:
        assert isinstance(double, Provider)
        yield double


@pytest.fixture
def hanging() -> Iterator[socket.socket]:
    """A portal that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def app(tmp_path: Path, provider: Provider, hanging: socket.socket, clock: Clock) -> Iterator[Flask]:
    portal = f"http://localhost:{hanging.getsockname()[1]}"
    services = f'{{"dashboard": "{portal}", "certificates": "http://localhost:8003"}}'
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test", "ISSUER": provider.issuer, "IDP_SERVICES": services}
    made = create(load_relying_party("certificates", environ))
    made.extensions["sso"].clock = clock
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def tell(app: Flask, clock: Clock) -> Callable[[], None]:
    """Have a message and a mail sent to alice."""

    def run() -> None:
        with app.app_context(), issued.transaction():
            sendings.message(
                "alice", "Your certificate", "It ends.", "http://localhost:8003/certificates", int(clock())
            )

    return run


def waiting(app: Flask) -> list[tuple[str, int]]:
    """Return kinds and attempts of what isn't sent yet."""
    with app.app_context():
        rows = db.session.execute(db.text("SELECT kind, attempts FROM certificate_sending ORDER BY kind"))
        return [(row[0], row[1]) for row in rows]


def test_a_portal_that_hangs_keeps_no_mail_waiting(
    app: Flask, provider: Provider, hanging: socket.socket, tell: Callable[[], None]
) -> None:
    for _ in range(3):
        tell()
    stop, delivery = threading.Event(), app.extensions["delivery"]
    delivery.start(stop)
    # The message is in the hand of a thread that waits, for as long as nobody answers.
    connection, _address = hanging.accept()
    try:
        until(lambda: len(provider.notices) == 3, "three mails")
        until(lambda: [kind for kind, _ in waiting(app)] == ["message"] * 3, "that they are forgotten")
        assert sum(attempts for _, attempts in waiting(app)) == 1
    finally:
        stop.set()
        connection.close()
        for thread in threading.enumerate():
            if thread.name.startswith("delivery of "):
                thread.join(30)


def test_mail_is_given_up_after_five_days_and_not_before(
    app: Flask, provider: Provider, clock: Clock, tell: Callable[[], None]
) -> None:
    delivery, provider.status = app.extensions["delivery"], 503
    tell()
    began = clock.offset
    while clock.offset - began < 5 * DAY - 3600:
        assert delivery.run_once("notice") == 1
        assert delivery.run_once("notice") == 0  # it waits
        clock.offset += 15 * 60 * 5 // 4 + 1
        if clock.offset - began < DAY:
            clock.offset += 4 * DAY
    assert [kind for kind, _ in waiting(app)] == ["message", "notice"]
    clock.offset = began + 5 * DAY + 1
    assert delivery.run_once("notice") == 1
    assert [kind for kind, _ in waiting(app)] == ["message"]


def test_the_same_one_is_in_one_hand(app: Flask, provider: Provider, tell: Callable[[], None]) -> None:
    for _ in range(4):
        tell()
    delivery, ready = app.extensions["delivery"], threading.Barrier(4)

    def work() -> None:
        ready.wait(10)
        while delivery.run_once("notice"):
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(provider.notices), len(set(provider.notices))) == (4, 4)
