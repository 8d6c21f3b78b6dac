"""What strong authentication costs the server, beside a password's hash: `python -m tests.bench.second_steps SECONDS`.

The whole provider answers in this process, on SQLite on a real disk. Only its own time counts: the key and the app that answer belong to
the person, and their work is left out. A sign-in with a passkey is its page, the question, and the answer up to the redirect back; a code
from an app is the step's page and the answer, after a password.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from werkzeug.test import Client, TestResponse

from idp.accounts.strength import password
from idp.web import log
from tests.bench import cores
from tests.support.clock import TurnedClock
from tests.support.provider import ISSUER, Pkce, ProviderUnderTest, csrf, make_provider
from tests.support.strong import HERE, account_id, add_totp
from tests.support.virtual_keys import SoftwareKey

_WARM_UP = 5
PASSKEY, TOTP = "passkey sign-in, all of it", "code from an app, its step"


def measure(*, seconds: float, core: int) -> dict[str, float]:
    """Return milliseconds by label; measured in a process of its own on that core."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.second_steps", str(seconds)],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=cores.pin(core),
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


class Stopwatch:
    """Adds up the time inside `running`."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began


class Person:
    """alice at her browser, with a passkey or an app."""

    def __init__(self, idp: ProviderUnderTest) -> None:
        self.idp = idp
        self.client = idp.register()
        self.key = SoftwareKey()
        owner = account_id(idp, "alice")
        with idp.core.database.write() as tx:
            session, _ = idp.core.accounts.sessions.start(
                tx, owner, [password(idp.clock())], ip=HERE.ip, user_agent=HERE.user_agent, remember=False
            )
        enrolment = idp.core.strong.passkeys.enrolment
        with idp.provider.flask.test_request_context():
            enrolment.finish(session, self.key.create(enrolment.begin(session)["passkey"]), HERE, otherwise="Key")
        self.app = add_totp(idp, "alice")

    def begin(self) -> tuple[Client, str]:
        browser = self.idp.browser()
        return browser, self.idp.authorize(browser, self.client, Pkce()).location.partition("?")[0]

    def with_passkey(self, watch: Stopwatch) -> TestResponse:
        browser, step = self.begin()
        with watch.running():
            page = browser.get(step, base_url=ISSUER)
            options = browser.get(f"{step}/passkey/options", base_url=ISSUER).get_json()
        form = {"credential": self.key.get(options), "csrf_token": csrf(page.text)}
        with watch.running():
            return browser.post(f"{step}/passkey", data=form, base_url=ISSUER)

    def with_code(self, watch: Stopwatch) -> TestResponse:
        browser, step = self.begin()
        more = self.idp.sign_in(browser, step).location.rpartition("/")[0] + "/totp"
        code = self.app.code()
        with watch.running():
            page = browser.get(more, base_url=ISSUER)
        form = {"code": code, "csrf_token": csrf(page.text)}
        with watch.running():
            return browser.post(more, data=form, base_url=ISSUER)


def _milliseconds(seconds: float, sign_in: Callable[[Stopwatch], TestResponse]) -> float:
    """Return the median; every one of them has to lead back to the service."""
    found = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds or len(found) < _WARM_UP * 2:
        watch = Stopwatch()
        answer = sign_in(watch)
        assert "code=" in answer.location, answer.text
        found.append(watch.seconds * 1000)
    return median(found[_WARM_UP:])


def _measure(seconds: float) -> dict[str, float]:
    root = Path(os.environ.get("DATA_DIR", "var")).absolute()
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=root) as folder:
        # The password is hashed cheaply here: it isn't what is measured.
        clock = TurnedClock()
        idp = ProviderUnderTest(make_provider(Path(folder), clock), clock)
        person = Person(idp)
        measured = {
            PASSKEY: _milliseconds(seconds, person.with_passkey),
            TOTP: _milliseconds(seconds, person.with_code),
        }
        idp.core.database.close()
    return measured


def _quiet(*_line: Any) -> None:
    """Stand in for the access log, which isn't what is measured."""


if __name__ == "__main__":
    log.access = _quiet
    print(json.dumps(_measure(float(sys.argv[1]))))
