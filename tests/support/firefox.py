"""Debian's Firefox, spoken to directly: WebDriver BiDi for pages (through `websockets`), Marionette for what BiDi can't do.

There is no geckodriver in Debian, and Playwright needs a Firefox of its own.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.support.ports import free_port

QUIET = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.topsites.contile.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disabled": True,
    "network.dns.disablePrefetch": True,
    "network.manage-offline-status": False,
    "network.prefetch-next": False,
    "network.proxy.type": 0,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "startup.homepage_welcome_url": "about:blank",
    "toolkit.telemetry.unified": False,
}
"""Nothing is asked of the world outside."""


def push_preferences(port: int) -> dict[str, Any]:
    """Let pages subscribe at the push service on this port, and show notifications, without asking anybody."""
    return {
        "dom.push.serverURL": f"ws://127.0.0.1:{port}/",
        "dom.push.testing.allowInsecureServerURL": True,
        # Remote control would switch it off.
        "dom.push.connection.enabled": True,
        # It comes back at once when the service was away.
        "dom.push.retryBaseInterval": 100,
        "permissions.default.desktop-notification": 1,
        # The system's own needs D-Bus.
        "alerts.useSystemBackend": False,
    }


class Firefox:
    """One Firefox with a profile of its own and one tab. Its own windows can be reached too: notifications are shown in those."""

    def __init__(
        self,
        preferences: dict[str, Any],
        *,
        width: int = 390,
        height: int = 844,
        prepare: Callable[[Path], None] = lambda _: None,
        any_server: bool = False,
    ) -> None:
        """Start it; `prepare` is given the profile's folder before. With `any_server` certificates of servers aren't judged."""
        self._open = ExitStack()
        self._folder = Path(tempfile.mkdtemp(prefix="firefox-"))
        marionette = free_port()
        self._write_profile({**QUIET, "marionette.port": marionette, **preferences})
        prepare(self._folder)
        self._log = (self._folder / "output.log").open("w")
        remote = ["--remote-debugging-port", "0", "--marionette", "--remote-allow-system-access"]
        program = [shutil.which("firefox-esr") or "firefox-esr", "--headless", "--no-remote", *remote]
        self._process = subprocess.Popen(
            [*program, "--profile", str(self._folder), "about:blank"],
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "HOME": str(self._folder), "MOZ_HEADLESS": "1", "MOZ_CRASHREPORTER_DISABLE": "1"},
            start_new_session=True,
        )
        try:
            self._socket = self._open.enter_context(connect(f"{self._address()}/session", max_size=None, origin=None))
            self._number = 0
            self.command("session.new", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": any_server}}})
            (tab,) = self.command("browsingContext.getTree", {})["contexts"]
            self.tab = tab["context"]
            self.resize(width, height)
        except BaseException:
            self.close()
            raise
        self.marionette_port = marionette

    def command(self, method: str, parameters: dict[str, Any], seconds: float = 30) -> Any:
        """Send a BiDi command and return its result; events are passed over."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=seconds))).get("id") != self._number:
            pass
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def goto(self, url: str) -> None:
        self.command("browsingContext.navigate", {"context": self.tab, "url": url, "wait": "complete"})

    def run(self, function: str, *arguments: Any, context: str = "") -> Any:
        """Call a function of JavaScript, as if somebody had just pressed a button; arguments and result travel as JSON."""
        result = self.command(
            "script.callFunction",
            {
                "functionDeclaration": f"async (text) => JSON.stringify(await ({function})(...JSON.parse(text)))",
                "arguments": [{"type": "string", "value": json.dumps(arguments)}],
                "awaitPromise": True,
                "target": {"context": context or self.tab},
                "userActivation": True,
            },
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        value = result["result"].get("value")
        return None if value is None else json.loads(value)

    def text(self) -> str:
        """Return what can be read on the page, once it is all there: before it is laid out, hidden texts would count too."""
        return self.run(
            "() => (document.readyState === 'complete' ? document.querySelector('main')?.innerText ?? '' : '')"
        )

    def wait_for(self, text: str, seconds: float = 10) -> None:
        until(lambda: text in self.text(), lambda: f"{text!r} isn't on the page: {self.text()}", seconds)

    def press(self, selector: str) -> None:
        self.run("(selector) => document.querySelector(selector).click()", selector)

    def type(self, selector: str, text: str) -> None:
        self.run("(selector, text) => { document.querySelector(selector).value = text }", selector, text)

    def resize(self, width: int, height: int) -> None:
        self.command(
            "browsingContext.setViewport", {"context": self.tab, "viewport": {"width": width, "height": height}}
        )

    def screenshot(self, path: Path) -> None:
        origin = {"context": self.tab, "origin": "document"}
        path.write_bytes(base64.b64decode(self.command("browsingContext.captureScreenshot", origin)["data"]))

    def press_notification(self, title: str) -> None:
        """Press the newest notification whose title has this in it: a small window of Firefox's own."""

        def shown() -> list[str]:
            contexts = self.command("browsingContext.getTree", {"moz:scope": "chrome"})["contexts"]
            windows = [one["context"] for one in contexts if one["url"].endswith("/alert.xhtml")]
            read = "() => document.getElementById('alertTitleLabel')?.value"
            return [window for window in windows if title in (self.run(read, context=window) or "")]

        until(lambda: bool(shown()), lambda: f"no notification says {title!r}", 10)
        self.run("() => { document.getElementById('alertBox').click() }", context=shown()[-1])

    def close(self) -> None:
        try:
            self.command("browser.close", {}, 10)
            self._process.wait(10)
        except Exception:  # noqa: BLE001 - whatever it was, it has to go
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._open.close()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_profile(self, preferences: dict[str, Any]) -> None:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        (self._folder / "user.js").write_text("".join(lines))

    def _address(self) -> str:
        found: list[str] = []

        def said() -> bool:
            output = (self._folder / "output.log").read_text(errors="replace")
            assert self._process.poll() is None, output
            found.extend(re.findall(r"WebDriver BiDi listening on (ws://\S+)", output))
            return bool(found)

        until(said, lambda: "Firefox doesn't start", 60)
        return found[0]


def until(condition: Callable[[], bool], problem: Callable[[], str], seconds: float) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, problem()
        time.sleep(0.05)
