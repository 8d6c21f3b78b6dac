"""Guessing at real processes: four workers that share nothing but the database, and attackers all over the network."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.support.guessing import hidden, solve
from tests.support.mail_sink import MailSink
from tests.support.postgres import Postgres
from tests.support.programs import ROOT, Installation, until
from tests.support.visitor import Visitor

PASSWORD = "demo-PASSWORD-1"
SPELLINGS = ("bob", "BOB", "ｂｏｂ", " bob ", "bob@example.org", "Bob@Example.ORG")
_COUNTING = """
import os, nacl.pwhash.argon2id as real
_verify = real.verify
def verify(*given):
    with open(os.environ["LOOKS"], "ab", buffering=0) as looks:
        looks.write(b".")
    return _verify(*given)
real.verify = verify
"""


@dataclass
class Provider:
    installation: Installation
    looks: Path
    sink: MailSink

    def count(self) -> int:
        """Return how often the hash function was asked, in whatever process."""
        return self.looks.stat().st_size if self.looks.exists() else 0

    def visitor(self, ip: str) -> Visitor:
        made = Visitor()
        made.session.headers["X-Forwarded-For"] = ip
        return made

    def try_password(self, visitor: Visitor, username: str, password: str) -> requests.Response:
        return visitor.sign_in(visitor.get(f"{self.installation.issuer}/sign-in"), username, password)

    def guess(self, ip: str, username: str, password: str) -> int:
        with self.visitor(ip) as visitor:
            return self.try_password(visitor, username, password).status_code


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Provider]:
    folder = tmp_path_factory.mktemp("guessing")
    # Python runs it at the start of every process: the looks are counted in the hash function itself.
    (folder / "sitecustomize.py").write_text(_COUNTING)
    with MailSink() as sink:
        mail = {"HOST": "127.0.0.1", "PORT": str(sink.port), "STARTTLS": "false", "SENDER": "account@example.org"}
        made = Installation(
            folder,
            DATABASE_URL=postgres.database(),
            PYTHONPATH=f"{folder}:{ROOT}",
            LOOKS=str(folder / "looks"),
            IDP_WORKERS="4",
            IDP_TRUSTED_PROXIES="1",
            **{f"IDP_MAIL__{name}": value for name, value in mail.items()},
        )
        try:
            made.serve()
            made.start("idp", "worker")
            yield Provider(made, folder / "looks", sink)
        finally:
            made.stop()


def test_forty_guesses_at_four_workers_are_five_looks(provider: Provider) -> None:
    before = provider.count()

    def attack(number: int) -> int:
        ip = f"2001:db8:1:{number:x}::1" if number % 2 else f"198.51.100.{number}"
        visitor = provider.visitor(ip)
        page = visitor.get(f"{provider.installation.issuer}/sign-in")
        answer = visitor.sign_in(page, SPELLINGS[number % len(SPELLINGS)], f"wrong {number}")
        return answer.status_code if "/code" not in answer.url else 303

    with ThreadPoolExecutor(40) as pool:
        statuses = list(pool.map(attack, range(40)))
    assert statuses.count(422) <= 5
    assert statuses.count(422) + statuses.count(303) == 40
    assert provider.count() - before >= statuses.count(422)


def test_the_owner_is_in_by_mail_while_it_goes_on(provider: Provider) -> None:
    for number in range(8):
        provider.guess(f"198.51.101.{number}", "finn", "wrong")
    began = time.monotonic()
    with provider.visitor("203.0.113.9") as owner:
        page = provider.try_password(owner, "finn", PASSWORD)
        assert "/code" in page.url
        mail = until(lambda: provider.sink.to("finn@example.org"), "a code by mail")[-1]
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        code = next(line.strip() for line in text.splitlines() if line.startswith("    "))
        account = owner.fill(page, code=code)
        assert account.url.endswith("/account")
    assert time.monotonic() - began < 30


def test_a_flood_of_made_up_names_refuses_no_right_password(provider: Provider) -> None:
    def flood(number: int) -> int:
        return provider.guess(f"198.18.0.{number % 40}", f"made-up-{number}", "wrong")

    with ThreadPoolExecutor(40) as pool:
        guesses = [pool.submit(flood, number) for number in range(600)]
        for number in range(20, 30):
            with provider.visitor(f"203.0.113.{number}") as owner:
                account = provider.try_password(owner, "alice", PASSWORD)
                assert account.url.endswith("/account"), (account.status_code, account.url)
        statuses = {guess.result() for guess in guesses}
    assert statuses <= {422, 503}


def test_a_proof_of_work_is_one_look_at_four_workers(provider: Provider) -> None:
    ip, number = "203.0.113.200", 0
    # The network is over its limits: from now on each look wants a proof of work.
    while provider.guess(ip, f"made-up-{number % 10}", "wrong") != 429:
        number += 1
        assert number < 100
    visitor = provider.visitor(ip)
    form = visitor.get(f"{provider.installation.issuer}/sign-in")
    page = visitor.sign_in(form, "somebody else", "wrong")
    work = solve(hidden(page.text, "work"))
    before = provider.count()

    def send(number: int) -> int:
        with provider.visitor(ip) as one:
            one.session.cookies.update(visitor.session.cookies)
            answer = one.fill(page, typed=hidden(page.text, "typed"), work=work)
            return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(send, range(8)))
    assert sorted(statuses) == [422] + [429] * 7
    assert provider.count() - before == 1
