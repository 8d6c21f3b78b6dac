"""A real Chromium against every program running. The browser's own complaints end a test as surely as a failed assertion."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests.support.stack import Stack

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1",
]
REFUSED_PAGE = "Failed to load resource: the server responded with a status of 4"
"""What the console says of a page that came back because something was wrong with the form."""
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
"""What it says when a story has cut the connection."""


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Firefox names the push service that it was told of: the one on loopback.
    started = Stack(tmp_path_factory.mktemp("stack"), IDP_STRONG__PUSH__HOSTS='["127.0.0.1"]')
    yield started
    started.stop()


@pytest.fixture
def stack(running: Stack) -> Stack:
    running.forget_attempts()
    return running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, chromium_sandbox=False)
    yield started
    started.close()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open another browser, with cookies of its own, as often as a story has people or devices; returns its first page."""
    contexts, complaints = [], []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not (
            (message.text.startswith(REFUSED_PAGE) and "/design/" not in message.location["url"])
            or message.text == OFFLINE
        ):
            complaints.append(f"{message.location['url']}: {message.text}")

    def opened(**options: Any) -> Page:
        # Without motion a change of scheme is there at once, and axe measures no colour on its way.
        chosen = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        context = browser.new_context(**chosen)
        context.set_default_timeout(10_000)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    return open_browser()


@pytest.fixture
def write(stack: Stack) -> Callable[..., None]:
    """Write to somebody as a service that was registered for it."""
    secret = (Path(stack.folder) / "secrets" / "notices.secret").read_text().strip()
    form = {"grant_type": "client_credentials", "scope": "messages:write"}
    token = requests.post(f"{stack.issuer}/token", form, auth=("notices", secret), timeout=10).json()["access_token"]

    def run(username: str, *messages: dict[str, Any]) -> None:
        people = {one["username"]: one["id"] for one in stack.cli("users", "list")}
        answer = requests.post(
            f"{stack.dashboard}/api/messages",
            json={"messages": [{"sub": people[username]} | message for message in messages]},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 201, answer.text

    return run
