"""People for tests: the services of `idp.accounts` over a database, a clock that turns, and the mails that were sent."""

import re
from pathlib import Path
from typing import Any

from config.settings import ProviderSettings, load_provider
from idp.accounts.build import build
from idp.accounts.notices import Where
from idp.accounts.registration import SignUp
from idp.accounts.strength import password
from idp.db import Database
from idp.notify import Outbox
from idp.notify.outbox import MAIL
from idp.notify.worker import Message, Worker
from idp.web.rate_limit import RateLimiter
from keys.sealing import Sealer

PASSWORD = "violet tractor 19 hums"
HERE = Where("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


def quick_settings(folder: Path, **environ: str) -> ProviderSettings:
    """Settings whose password hash costs nothing, and whose rate limits are out of the way unless a test asks for them."""
    quick = {"IDP_PASSWORDS__MEMORY_KIB": "8", "IDP_PASSWORDS__ITERATIONS": "1"}
    return load_provider({"PROFILE": "test", "DATA_DIR": str(folder), **quick, **environ})


class People:
    """`accounts`, and what surrounds them. `now` is the clock."""

    def __init__(self, database: Database, settings: ProviderSettings) -> None:
        self.now = 1_800_000_000
        self.database = database
        self.sealer = Sealer([b"k" * 32])
        self.mails: list[dict[str, Any]] = []
        self.limiter = RateLimiter(self.clock, settings.rate_limits, b"k" * 32)
        self.accounts = build(
            database, settings, self.clock, self.sealer, Outbox(self.sealer, self.clock), self.limiter
        )
        self._worker = Worker(database, self.sealer, {MAIL: self, **self.accounts.jobs}, self.clock)

    def clock(self) -> int:
        return self.now

    def deliver(self, message: Message) -> None:
        self.mails.append(message.payload)

    def end_batch(self) -> None:
        pass

    def post(self) -> list[dict[str, Any]]:
        """Let the worker run until the outbox is empty; return the mails that went out since the last time."""
        self.mails = []
        while self._worker.run_once():
            pass
        return self.mails

    def sign_up(self, username: str = "carla", email: str = "carla@example.org", **more: Any) -> str:
        """Begin a sign-up, and return the confirmation's id."""
        filled = {"name": "Carla Example", "password": PASSWORD, "locale": "en", "country": "CH", **more}
        return self.accounts.registration.begin(SignUp(username=username, email=email, **filled), HERE)  # type: ignore[return-value]

    def create(self, username: str = "carla", email: str = "carla@example.org", **more: Any) -> str:
        """Return the id of a new account."""
        filled = {"name": "Carla Example", "password": PASSWORD, **more}
        return self.accounts.registration.create_confirmed(username=username, email=email, **filled)

    def proof(self) -> tuple[str, str]:
        """Return token and code of the only mail that is waiting."""
        (mail,) = self.post()
        return token_of(mail), mail["context"]["code"]

    def token_to(self, address: str) -> str:
        """Return the token of the link in the only mail that waits for this address."""
        (mail,) = [mail for mail in self.post() if mail["to"] == address]
        return token_of(mail)

    def start(self, account_id: str, **more: Any) -> str:
        """Begin a session, and return its cookie value."""
        filled = {"proofs": [password(self.now)], "remember": False, **more}
        with self.database.write() as tx:
            return self.accounts.sessions.start(tx, account_id, ip=HERE.ip, user_agent=HERE.user_agent, **filled)[1]

    def add_recovery_email(self, account_id: str, address: str = "spare@example.net") -> None:
        """Give the account a confirmed recovery address, which waits."""
        self.accounts.recovery_email.request(account_id, address, HERE)
        self.accounts.recovery_email.confirm_link(self.token_to(address), HERE)
        self.post()

    def count(self, table: str) -> int:
        row = self.database.read().one(f"SELECT count(*) AS n FROM {table}")
        return row["n"] if row else 0

    def events(self) -> list[str]:
        return [row["event"] for row in self.database.read().all("SELECT event FROM audit_event ORDER BY seq")]


def other_than(code: str) -> str:
    """Return a wrong code."""
    return ("3" if code[0] == "2" else "2") + code[1:]


def token_of(mail: dict[str, Any]) -> str:
    """Return the secret in a mail's link."""
    found = re.search(r"/([\w-]{40,})$", mail["context"]["link"])
    assert found
    return found[1]
