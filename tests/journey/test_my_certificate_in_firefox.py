"""Firefox makes my key and my back-up; with the file in its own store, another Firefox signs me in by TLS of its own."""

import base64
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.journey.steps import PASSWORD, SCREENSHOTS
from tests.support.firefox import Firefox, until
from tests.support.stack import Stack

FILE_PASSWORD = "Geheim ist der Schlüssel"
CERTIFICATES = {"security.default_personal_cert": "Select Automatically", "security.osclientcerts.autoload": False}
Open = Callable[..., Firefox]


@pytest.fixture
def firefox() -> Iterator[Open]:
    with ExitStack() as opened:

        def run(**options: object) -> Firefox:
            started = Firefox(CERTIFICATES, width=1280, height=800, **options)  # type: ignore[arg-type]
            opened.callback(started.close)
            return started

        yield run


def sign_in(browser: Firefox) -> None:
    browser.wait_for("Sign in with your")
    browser.type("#username", "wislawa")
    browser.type("#password", PASSWORD)
    browser.press("#sign-in")


def test_from_the_request_to_signing_in(firefox: Open, stack: Stack, tmp_path: Path) -> None:
    stack.add_person("wislawa", "Wisława Kowalska-Żółć", PASSWORD)
    file = tmp_path / "wislawa.pfx"
    file.write_bytes(get_file(firefox(), stack))

    def install(profile: Path) -> None:
        database = f"sql:{profile}"
        subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
        command = ["pk12util", "-i", str(file), "-d", database, "-W", FILE_PASSWORD, "-K", ""]
        subprocess.run(command, check=True, capture_output=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})

    browser = firefox(prepare=install, any_server=True)
    # It is asked for once it has been used; this is the page where that is done.
    browser.goto(f"{stack.issuer}/account/security/prove")
    sign_in(browser)
    browser.wait_for("Confirm it’s you")
    stack.prove_addresses()
    browser.goto(f"{stack.issuer}/account/security/prove")
    browser.wait_for("Use my certificate")
    browser.press("#use-certificate")
    until(lambda: arrived(browser), lambda: browser.run("() => document.body.innerText"), 20)
    browser.screenshot(SCREENSHOTS / "firefox-signed-in-with-certificate.png")


def arrived(browser: Firefox) -> bool:
    # On the way through TLS there is no page of ours.
    return browser.run("() => location.pathname === '/account/security' && document.querySelector('h1') !== null")


def get_file(browser: Firefox, stack: Stack) -> bytes:
    browser.goto(f"{stack.certificates}/certificates/new")
    sign_in(browser)
    browser.wait_for("What do you need it for?")
    browser.type("#purpose", "For my work.")
    browser.press("#send")
    browser.wait_for("Keep your enrolment code")
    # An officer approves it; how, is another story.
    with closing(sqlite3.connect(stack.folder / "certificates.db")) as database, database:
        changed = "UPDATE enrolment SET state = 'approved', expires_at = ? WHERE username = 'wislawa'"
        assert database.execute(changed, [int(time.time()) + 3600]).rowcount == 1
    browser.press("#kept")
    browser.wait_for("one click, no code")
    browser.press("#pick-up")
    browser.wait_for("Save a back-up copy")
    browser.screenshot(SCREENSHOTS / "firefox-back-up.png")
    for field in ("#password", "#again"):
        browser.type(field, FILE_PASSWORD)
    content = browser.run(
        """async () => {
          const make = URL.createObjectURL;
          const saved = new Promise((resolve) => {
            URL.createObjectURL = (blob) => (resolve(blob), make.call(URL, blob));
          });
          HTMLAnchorElement.prototype.click = () => {};
          document.querySelector("#save").dispatchEvent(new MouseEvent("click", { bubbles: true }));
          const bytes = new Uint8Array(await (await saved).arrayBuffer());
          return btoa(String.fromCharCode(...bytes));
        }"""
    )
    browser.wait_for("The file is in your downloads.")
    return base64.b64decode(content)
