"""kill -9 of the dashboard, again and again, while a service posts a thousand messages: each is there once in the end.

And each is told of once, as its reader chose: all reach the provider, and who has an account gets a mail.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, create_engine, text

from tests.support.programs import Installation, Program, until

MESSAGES = 1_000
CALLERS = 4
KILLS = 4
MAILED = 40
"""Every so many is for alice; all others are for somebody whom the provider doesn't know."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'dashboard.db'}"
    return request.getfixturevalue("postgres").database().replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "installation")
    try:
        made.serve()
        made.start("idp.notify.mailbox")
        made.start("idp", "worker")
        yield made
    finally:
        made.stop()


class House:
    """The dashboard, killed and started again, and the service that writes."""

    def __init__(self, installation: Installation, database_url: str) -> None:
        self.address = f"http://localhost:{installation.base + 1}"
        self.posted: Counter[int] = Counter()
        self.lost = 0
        self.problems: list[str] = []
        self._installation = installation
        self._database_url = database_url
        self._program: Program | None = None
        self._token = self._get_token()
        people = json.loads(installation.cli("users", "list", "--json").stdout)
        self._alice = next(one["id"] for one in people if one["username"] == "alice")

    def start(self) -> None:
        self._program = self._installation.start("clients.dashboard", DASHBOARD_DATABASE_URL=self._database_url)
        self._program.await_ready(f"{self.address}/health/ready")

    def kill(self) -> None:
        assert self._program
        self._program.kill()

    def post(self, numbers: range) -> None:
        """Post single messages and small batches, each call until it is answered."""
        step = 1 + numbers.start % 5
        for first in range(numbers.start, numbers.stop, step):
            some = list(range(first, min(first + step, numbers.stop)))
            answer = self._until_answered(some)
            if answer.status_code != 201:
                self.problems.append(answer.text)
                return
            self.posted.update(some)

    def reader(self, number: int) -> str:
        return "unknown" if number % MAILED else self._alice

    def mails(self) -> Counter[str]:
        where = f"http://localhost:{self._installation.base + 25}/api/messages?to=alice@example.org"
        return Counter(
            mail["subject"].removeprefix("Office Notices: ") for mail in requests.get(where, timeout=10).json()
        )

    def _until_answered(self, numbers: list[int]) -> requests.Response:
        body = {"messages": [{"sub": self.reader(number), "subject": f"M{number}", "body": "x"} for number in numbers]}
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"call-{numbers[0]}"}
        while True:
            try:
                return requests.post(f"{self.address}/api/messages", json=body, headers=headers, timeout=10)
            except requests.RequestException:
                self.lost += 1
                time.sleep(0.05)

    def _get_token(self) -> str:
        secret = (self._installation.folder / "data" / "secrets" / "notices.secret").read_text().strip()
        form: dict[str, Any] = {"grant_type": "client_credentials", "scope": "messages:write"}
        answer = requests.post(f"{self._installation.issuer}/token", form, auth=("notices", secret), timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]


def read(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql)).scalars())


def run(engine: Engine, sql: str, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), values)


def test_a_thousand_messages_and_none_is_lost(installation: Installation, database_url: str) -> None:
    house = House(installation, database_url)
    house.start()
    engine = create_engine(database_url)
    for number in (0, 1):
        choice = "INSERT INTO message_default (sub, email, push) VALUES (:sub, true, false)"
        run(engine, choice, sub=house.reader(number))
    share = MESSAGES // CALLERS
    callers = [
        threading.Thread(target=house.post, args=(range(number * share, (number + 1) * share),))
        for number in range(CALLERS)
    ]
    for caller in callers:
        caller.start()
    for kill in range(1, KILLS + 1):
        wanted = kill * MESSAGES // (KILLS + 1)
        until(lambda wanted=wanted: house.posted.total() >= wanted or house.problems, "posting goes on", 60)
        house.kill()
        house.start()
    for caller in callers:
        caller.join(60)
    assert house.problems == []
    assert house.lost  # or it was no crash at all

    found = Counter(read(engine, "SELECT subject FROM message"))
    assert found == Counter(f"M{number}" for number in range(MESSAGES))
    # Time passes: what the dead had in hand is free again.
    run(engine, "UPDATE message_notice SET lease_until = 0")
    until(lambda: not read(engine, "SELECT message_id FROM message_notice"), "all are told of", 60)
    ids = read(engine, "SELECT id FROM message")
    engine.dispose()
    provider = create_engine(f"sqlite:///{installation.folder / 'data' / 'idp.db'}")
    assert sorted(read(provider, "SELECT id FROM relayed_notice WHERE client_id <> ''")) == sorted(ids)
    provider.dispose()
    wanted = Counter(f"M{number}" for number in range(0, MESSAGES, MAILED))
    until(lambda: house.mails().total() >= wanted.total(), "the mails are there", 60)
    assert house.mails() == wanted
