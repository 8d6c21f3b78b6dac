"""kill -9 of the provider and of the worker, again and again, while people sign up and services refresh.

What was answered with success has happened, nothing has happened by halves, and every queued mail goes out, under one Message-ID.
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

from idp.db import Database
from tests.contract.clients.test_openid_client import CALLBACK
from tests.support.mail_sink import MailSink
from tests.support.programs import Installation, Program, until
from tests.support.provider import Pkce
from tests.support.visitor import Visitor

PASSWORD = "violet tractor 19 hums"
ROUNDS = 3
SIGN_UPS = REFRESHERS = 3
SCOPE = "openid offline_access"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as made:
        yield made


class House:
    """Provider and worker, killed and started again; `up` is what everybody who lost a connection waits for."""

    def __init__(self, folder: Path, sink: MailSink, database_url: str) -> None:
        mail = {"HOST": "127.0.0.1", "PORT": str(sink.port), "STARTTLS": "false", "SENDER": "account@example.org"}
        self.installation = Installation(
            folder,
            DATABASE_URL=database_url,
            # All of them come from one address.
            IDP_RATE_LIMITS__NETWORK__BURST="100000",
            IDP_RATE_LIMITS__NETWORK__REFILL="1",
            IDP_RATE_LIMITS__NETWORK_NAMES__BURST="100000",
            IDP_RATE_LIMITS__NETWORK_NAMES__REFILL="1",
            # A slow machine may take longer to start than a service has to repeat its request.
            IDP_LIFETIMES__REFRESH_REPLAY="60",
            **{f"IDP_MAIL__{name}": value for name, value in mail.items()},
        )
        self.database = Database(database_url.replace("postgresql:", "postgresql+psycopg:"))
        self.issuer = self.installation.issuer
        self.over = threading.Event()
        self.programs: dict[str, Program] = {}
        self.kills: Counter[str] = Counter()

    def start(self) -> None:
        self.programs["idp worker"] = self.installation.start("idp", "worker")
        self.programs["idp serve"] = self.installation.serve()

    def kill(self, name: str) -> None:
        self.programs[name].kill()
        self.kills[name] += 1
        if name == "idp worker":
            # What it held in hand belongs to it until its lease ends. Nobody here waits for five minutes.
            with self.database.write() as tx:
                tx.run("UPDATE outbox SET lease_until = 0 WHERE done_at IS NULL")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.database.read().all(sql)]


class Refresher(threading.Thread):
    """A service that refreshes without a pause; when the answer doesn't come, it asks again, as it may."""

    def __init__(self, house: House, client: dict[str, str]) -> None:
        super().__init__()
        self.house = house
        self.answered = 0
        self.lost = 0
        self.problem = ""
        self._client = client
        self._token = self._first_token()

    def run(self) -> None:
        while not self.house.over.is_set() and not self.problem:
            self.refresh()

    def refresh(self) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self._token}
        try:
            answer = self._post(form)
        except requests.RequestException:
            self.lost += 1
            time.sleep(0.02)
            return
        if answer.status_code != 200:
            self.problem = f"{answer.status_code} {answer.text} after {self.answered} answers, {self.lost} lost"
            return
        self._token = answer.json()["refresh_token"]
        self.answered += 1

    def _post(self, form: dict[str, str]) -> requests.Response:
        auth = (self._client["client_id"], self._client["client_secret"])
        return requests.post(f"{self.house.issuer}/token", form, auth=auth, timeout=5)

    def _first_token(self) -> str:
        pkce = Pkce()
        query = {
            "client_id": self._client["client_id"],
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": SCOPE,
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        }
        with Visitor(stop_at=CALLBACK) as visitor:
            page = visitor.get(f"{self.house.issuer}/authorize", params=query)
            back = visitor.sign_in(page).headers["Location"]
        code = back.partition("code=")[2].partition("&")[0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self._post({**form, "code_verifier": pkce.verifier}).json()["refresh_token"]


class SignUps(threading.Thread):
    """People who create accounts one after the other, each with the code from the mail."""

    def __init__(self, house: House, sink: MailSink, letter: str) -> None:
        super().__init__()
        self.house = house
        self.begun: list[str] = []
        self.confirmed: list[str] = []
        self.problem = ""
        self._sink = sink
        self._letter = letter
        self._number = 0

    def run(self) -> None:
        while not self.house.over.is_set() and not self.problem:
            self._number += 1
            try:
                self.sign_up(f"{self._letter}{self._number:03d}")
            except requests.RequestException:
                time.sleep(0.02)
            except AssertionError as error:
                self.problem = str(error)

    def sign_up(self, username: str) -> None:
        address = f"{username}@example.org"
        fields = {"name": "Nora Example", "username": username, "email": address, "country": "CH", "terms": "y"}
        with Visitor() as visitor:
            page = visitor.get(f"{self.house.issuer}/create-account")
            sent = visitor.fill(page, **fields, password=PASSWORD)
            assert "/create-account/confirm" in sent.url, sent.text
            self.begun.append(address)
            deadline = time.monotonic() + 4
            while not (code := self._sink.code(address)):
                if time.monotonic() > deadline or self.house.over.is_set():
                    return  # the worker was killed meanwhile; the mail comes later
                time.sleep(0.02)
            created = visitor.fill(sent, code=code)
            assert created.status_code == 200, created.text
            assert "/create-account/confirm" in created.url
            self.confirmed.append(username)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, sink: MailSink) -> Iterator[House]:
    postgres = request.param == "postgresql"
    url = request.getfixturevalue("postgres").database() if postgres else f"sqlite:///{tmp_path / 'idp.db'}"
    made = House(tmp_path, sink, url)
    try:
        made.start()
        yield made
    finally:
        made.over.set()
        made.installation.stop()
        made.database.close()


def test_nothing_is_lost_and_nothing_is_half_done(house: House, sink: MailSink) -> None:
    registered = house.installation.cli(
        *("clients", "add", "--json", "--first-party", "--name", "App", "--redirect-uri", CALLBACK),
        *("--scope", SCOPE, "--grant", "authorization_code", "--grant", "refresh_token"),
    )
    client = json.loads(registered.stdout)
    refreshers = [Refresher(house, client) for _ in range(REFRESHERS)]
    people = [SignUps(house, sink, letter) for letter in "abc"[:SIGN_UPS]]
    for thread in (*refreshers, *people):
        thread.start()
    try:
        for number in range(ROUNDS):
            _work_goes_on(refreshers, people)
            house.kill("idp serve")
            if number % 2:
                house.kill("idp worker")
                house.programs["idp worker"] = house.installation.start("idp", "worker")
            house.programs["idp serve"] = house.installation.serve()
        _work_goes_on(refreshers, people)
    finally:
        house.over.set()
        for thread in (*refreshers, *people):
            thread.join(30)
    assert [thread.problem for thread in (*refreshers, *people)] == [""] * (REFRESHERS + SIGN_UPS)
    assert sum(refresher.lost for refresher in refreshers)  # or it was no crash at all

    _check_people(house, [username for thread in people for username in thread.confirmed])
    for refresher in refreshers:
        refresher.refresh()
        assert refresher.problem == ""
    _check_mail(house, sink, [address for thread in people for address in thread.begun])
    assert house.installation.cli("audit", "verify").returncode == 0
    assert "Traceback" not in house.programs["idp serve"].text()


def _work_goes_on(refreshers: list[Refresher], people: list[SignUps]) -> None:
    """Wait until everybody has got on, so that no request is lost twice in a row: a service may repeat it once."""
    before = [refresher.answered for refresher in refreshers]
    confirmed = sum(len(thread.confirmed) for thread in people)

    def done() -> bool:
        if any(thread.problem for thread in (*refreshers, *people)):
            return True
        got_on = all(one.answered >= was + 5 for one, was in zip(refreshers, before, strict=True))
        return got_on and sum(len(thread.confirmed) for thread in people) >= confirmed + 3

    until(done, "refreshes and sign-ups go on", 40)


def _check_people(house: House, confirmed: list[str]) -> None:
    assert len(confirmed) >= 3 * ROUNDS
    for username in confirmed:
        with Visitor() as visitor:
            page = visitor.sign_in(visitor.get(f"{house.issuer}/account"), username, PASSWORD)
            assert page.url == f"{house.issuer}/account", username
    assert not house.rows(
        "SELECT a.username FROM account a WHERE NOT EXISTS"
        " (SELECT 1 FROM email_address e WHERE e.account_id = a.id AND e.role = 'primary')"
    )
    assert not house.rows(
        "SELECT e.address FROM email_address e WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = e.account_id)"
    )
    # Whose confirmation was spent has an account.
    accounts = {row["username"] for row in house.rows("SELECT username FROM account")}
    assert accounts >= set(confirmed)


def _check_mail(house: House, sink: MailSink, begun: list[str]) -> None:
    # There is no portal here, so what is for its inbox waits on.
    waiting = "SELECT id FROM outbox WHERE done_at IS NULL AND failed_at IS NULL AND kind <> 'inbox_notice'"
    until(lambda: not house.rows(waiting), "everything has gone out", 30)
    assert not house.rows("SELECT id FROM outbox WHERE failed_at IS NOT NULL")
    queued = {row["id"] for row in house.rows("SELECT id FROM outbox WHERE kind = 'mail'")}
    came = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in sink.deliveries)
    assert set(came) == queued
    # A worker that dies between sending and noting it sends that one mail again, under its Message-ID.
    assert came.total() - len(came) <= house.kills["idp worker"]
    recipients = {str(mail["To"]) for mail in sink.deliveries}
    assert set(begun) <= recipients


def test_workers_end_with_the_program_that_was_killed(house: House) -> None:
    serving = house.programs["idp serve"]
    serving.kill_alone()

    def silent() -> bool:
        try:
            requests.get(f"{house.issuer}/health/live", timeout=2)
        except requests.ConnectionError:
            return True
        return False

    until(silent, "nobody answers any more")
    house.installation.serve()
