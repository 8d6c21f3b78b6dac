"""People who sign in and people who guess, each in a browser of their own at an address of their own."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from altcha import Payload, solve_challenge
from werkzeug.test import Client, TestResponse

from idp.db import Database
from idp.notify.outbox import MAIL
from idp.notify.worker import Message
from idp.worker import build_worker
from tests.support.provider import ISSUER, PASSWORD, Pkce, ProviderUnderTest, RegisteredClient, csrf

OWNER = "203.0.113.9"


class Post:
    """The mails that went out."""

    def __init__(self, idp: ProviderUnderTest) -> None:
        self.mails: list[dict[str, Any]] = []
        self._worker = build_worker(idp.provider)
        self._worker._handlers = {**self._worker._handlers, MAIL: self}  # type: ignore[dict-item]

    def deliver(self, message: Message) -> None:
        self.mails.append(message.payload)

    def end_batch(self) -> None:
        pass

    def collect(self) -> list[dict[str, Any]]:
        self.mails = []
        while self._worker.run_once():
            pass
        return self.mails


class Person:
    """A browser, at an address."""

    def __init__(self, idp: ProviderUnderTest, client: RegisteredClient, ip: str) -> None:
        self.idp, self.client, self.ip = idp, client, ip
        self.browser: Client = idp.browser()
        self.page = ""

    def begin(self) -> None:
        page = self.idp.authorize(self.browser, self.client, Pkce())
        self.page = page.location

    def post(self, path: str, **form: str) -> TestResponse:
        token = csrf(self.browser.get(path, base_url=ISSUER).text)
        return self.browser.post(
            path, data=form | {"csrf_token": token}, base_url=ISSUER, environ_overrides={"REMOTE_ADDR": self.ip}
        )

    def sign_in(self, password: str = PASSWORD, username: str = "alice") -> TestResponse:
        self.begin()
        return self.send(username=username, password=password)

    def send(self, **form: str) -> TestResponse:
        """Send the sign-in form of the page that was begun."""
        return self.post(self.page.partition("?")[0], **form)

    def go_on(self, page: TestResponse, **changes: str) -> TestResponse:
        """Send what the page in between has kept, with its proof of work solved."""
        fields = {"typed": hidden(page.text, "typed"), "work": solve(hidden(page.text, "work"))}
        return self.send(**(fields | changes))

    def sign_out(self) -> None:
        for name in ("sso_0", "sso_active"):
            self.browser.delete_cookie(name, domain="localhost")


def person(idp: ProviderUnderTest, client: RegisteredClient, ip: str = OWNER) -> Person:
    return Person(idp, client, ip)


def guess(idp: ProviderUnderTest, client: RegisteredClient, number: int, username: str = "alice") -> TestResponse:
    return person(idp, client, f"198.51.{number // 250}.{number % 250}").sign_in(f"wrong {number}", username)


def use_up(idp: ProviderUnderTest, client: RegisteredClient, username: str = "alice") -> list[int]:
    return [guess(idp, client, number, username).status_code for number in range(8)]


def fail(database: Database, clock: Callable[[], int], count: int, *, hours_ago: int = 0) -> None:
    """Let so many wrong passwords have been typed, by everybody together."""
    with database.write() as tx:
        tx.run(
            "INSERT INTO sign_in_failures (hour, shard, count) VALUES (:hour, 0, :count)"
            " ON CONFLICT (hour, shard) DO UPDATE SET count = sign_in_failures.count + :count",
            hour=clock() // 3600 - hours_ago,
            count=count,
        )


def flood(idp: ProviderUnderTest, level: int = 1) -> None:
    """Let there be a flood that every worker knows of."""
    fail(idp.core.database, idp.clock, 1_000 * 2 ** (level - 1) + 1)
    idp.clock.forward(10)


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field, empty when there is none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return unescape(found[1]) if found else ""


def solve(payload: str) -> str:
    """Do what the page's script does."""
    asked = Payload.from_base64(payload)
    solution = solve_challenge(asked.challenge)
    assert solution
    return Payload(asked.challenge, solution).to_base64()
