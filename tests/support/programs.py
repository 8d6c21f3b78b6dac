"""Programs of ours in processes of their own, as an operator starts them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from tests.support.certificates import Certificates
from tests.support.ports import free_port_base

ROOT = Path(__file__).parents[2]
_READY_SECONDS = 60


def bare_environment(**more: str) -> dict[str, str]:
    """Return an environment without any setting of ours, so that the machine's own can't leak into a test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def until(condition: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """Return what `condition` answers as soon as that is true; look often, and fail with `what` in the end."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return answer


class Program:
    """A process and all that it starts; what it writes goes to `log`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path, cwd: Path = ROOT) -> None:
        self.log = log
        self._gone = False
        with log.open("ab") as output:
            # A session of its own, so that a signal reaches its workers too.
            self._process = subprocess.Popen(
                command,
                env=environ,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ends(self, seconds: float = 30) -> int:
        return self._process.wait(seconds)

    def await_ready(self, url: str, **options: Any) -> None:
        def ready() -> bool:
            if self._process.poll() is not None:
                raise AssertionError(f"it ended with {self._process.returncode}:\n{self.text()}")
            try:
                return requests.get(url, timeout=2, **options).status_code == 200
            except requests.RequestException:
                return False

        try:
            until(ready, f"{url} answers 200", _READY_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()[-4000:]}") from None

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """End it and its workers at once, without a chance to tidy up."""
        self._signal(signal.SIGKILL)

    def kill_alone(self) -> None:
        """End it, and leave its workers to themselves."""
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        self._signal(signal.SIGTERM)
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def _signal(self, number: signal.Signals) -> None:
        if self._gone:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        if number is signal.SIGKILL:
            self._process.wait(10)
            self._gone = True  # its number may belong to somebody else soon


class Installation:
    """A folder, ports and settings; starts the provider's programs on them, and stops all of them in the end."""

    def __init__(self, folder: Path, tls: Certificates | None = None, **environ: str) -> None:
        self.folder = folder
        self.base = free_port_base()
        self.issuer = f"{'https' if tls else 'http'}://localhost:{self.base}"
        folder.mkdir(parents=True, exist_ok=True)
        if tls:
            trust = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(tls.ca))
            environ = {
                "ISSUER": self.issuer,
                "TLS_CERT": str(tls.certificate),
                "TLS_KEY": str(tls.key),
                **trust,
                **environ,
            }
        settings = {"PROFILE": "test", "PORT_BASE": str(self.base), "DATA_DIR": str(folder / "data"), **environ}
        self.environ = bare_environment(**settings)
        self._running: list[Program] = []

    def start(self, *module: str, **environ: str) -> Program:
        """Start `python -m …`."""
        log = self.folder / f"{'-'.join(module)}.log"
        program = Program([sys.executable, "-m", *module], {**self.environ, **environ}, log)
        self._running.append(program)
        return program

    def serve(self, **environ: str) -> Program:
        program = self.start("idp", "serve", **environ)
        program.await_ready(f"{self.issuer}/health/ready", verify=self.environ.get("REQUESTS_CA_BUNDLE", True))
        return program

    def cli(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "idp", *arguments],
            env={**self.environ, **environ},
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )

    def stop(self) -> None:
        for program in reversed(self._running):
            program.kill()
