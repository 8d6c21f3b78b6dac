"""Debian's Firefox with a virtual authenticator, through Marionette: WebDriver BiDi has none."""

import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from tests.support.firefox import QUIET
from tests.support.ports import free_port

PREFERENCES = {
    **QUIET,
    # Without the first, every ceremony waits for ever for a key to be plugged in.
    "security.webauth.webauthn_enable_softtoken": True,
    "security.webauth.webauthn_enable_usbtoken": False,
}
_START_SECONDS = 40
_PLATFORM_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserConsenting": True,
    "isUserVerified": True,
}


class FirefoxWithKey:
    """One Firefox, one tab, one authenticator whose user is there and verified. Close it, or use it in `with`."""

    def __init__(self, **authenticator: Any) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="firefox-"))
        port = free_port()
        settings = {**PREFERENCES, "marionette.port": port}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items()]
        (self._folder / "user.js").write_text("".join(lines))
        program = shutil.which("firefox-esr") or "firefox-esr"
        self._process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--marionette", "--profile", str(self._folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self._folder), "MOZ_HEADLESS": "1"},
        )
        try:
            self._connect(port)
            self.command("WebDriver:NewSession")
            self.command("WebAuthn:AddVirtualAuthenticator", **_PLATFORM_KEY | authenticator)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def command(self, name: str, **parameters: Any) -> Any:
        self._number += 1
        sent = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(f"{len(sent)}:".encode() + sent)
        _kind, _number, error, result = self._receive()
        if error:
            raise RuntimeError(f"{name}: {error.get('error')}: {error.get('message')}")
        return result

    def goto(self, url: str) -> None:
        self.command("WebDriver:Navigate", url=url)

    @property
    def url(self) -> str:
        return self.command("WebDriver:GetCurrentURL")["value"]

    def type(self, selector: str, text: str) -> None:
        self.command("WebDriver:ElementSendKeys", id=self._find(selector), text=text)

    def press(self, selector: str) -> None:
        self.command("WebDriver:ElementClick", id=self._find(selector))

    def text(self) -> str:
        return self.command("WebDriver:GetElementText", id=self._find("main"))["value"]

    def wait_for(self, text: str, seconds: float = 10) -> None:
        deadline, seen = time.monotonic() + seconds, ""
        while time.monotonic() < deadline:
            try:
                seen = self.text()
            except RuntimeError as error:  # the page is being replaced
                seen = str(error)
            if text in seen:
                return
            time.sleep(0.05)
        raise AssertionError(f"{text!r} isn't on {self.url}: {seen}")

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.command("WebDriver:TakeScreenshot", full=True)["value"]))

    def close(self) -> None:
        try:
            self.command("Marionette:Quit", flags=["eForceQuit"])
            self._process.wait(10)
        except Exception:  # noqa: BLE001 - whatever it was, it has to go
            self._process.kill()
            self._process.wait()
        if hasattr(self, "_socket"):
            self._stream.close()
            self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find(self, selector: str) -> str:
        found = self.command("WebDriver:FindElement", using="css selector", value=selector)["value"]
        return next(iter(found.values()))

    def _connect(self, port: int) -> None:
        self._number, deadline = 0, time.monotonic() + _START_SECONDS
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", port), 1)
                break
            except OSError:
                assert self._process.poll() is None, "Firefox has ended"
                assert time.monotonic() < deadline, "Firefox doesn't start"
                time.sleep(0.1)
        self._socket.settimeout(30)
        self._stream = self._socket.makefile("rb")
        self._receive()  # its greeting

    def _receive(self) -> Any:
        length = b""
        while (digit := self._stream.read(1)) != b":":
            assert digit, "Firefox has hung up"
            length += digit
        return json.loads(self._stream.read(int(length)))
