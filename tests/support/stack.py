"""The whole product as a person meets it: every program of `idp run`, on free ports, with a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from config.settings import load_provider
from idp.app import Core, build_core
from tests.support.ports import free_port_base

_READY_SECONDS = 120


class Stack:
    """Start with `Stack(folder)`, end with `stop()`."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.base = free_port_base()
        self.folder = folder
        self.environ = {
            **os.environ,
            "PROFILE": "test",
            "PORT_BASE": str(self.base),
            "DATA_DIR": str(folder),
            **environ,
        }
        self.issuer = f"http://localhost:{self.base}"
        self.dashboard = f"http://localhost:{self.base + 1}"
        self.pairing = f"http://localhost:{self.base + 2}"
        self.certificates = f"http://localhost:{self.base + 3}"
        self.filing = f"http://localhost:{self.base + 4}"
        self.mailbox = f"http://localhost:{self.base + 25}"
        self.start()

    def start(self) -> None:
        began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "idp", "run"],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line.startswith("Ready after"):
                break
            if time.monotonic() - began > _READY_SECONDS:
                self.stop()
                raise RuntimeError("the programs don't get ready")
        else:
            status = self._process.wait()
            self._process.stdout.close()
            raise RuntimeError(f"idp run ended with {status}: {''.join(said)}")
        self.seconds_to_ready = time.monotonic() - began

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(20)
        if self._process.stdout:
            self._process.stdout.close()
        if "core" in self.__dict__:
            self.core.database.close()
        return status

    @cached_property
    def core(self) -> Core:
        """The provider's own objects in this process, on the same database: a short way to prepare what a story begins with."""
        return build_core(load_provider(self.environ))

    def add_person(self, username: str, name: str, password: str, email: str = "") -> str:
        """Give somebody an account, with an address that needs no confirmation; return the address."""
        email = email or f"{username}@example.net"
        self.core.accounts.registration.create_confirmed(
            name=name, username=username, email=email, password=password, country="LB", actor="test"
        )
        return email

    def change(self, sql: str, **parameters: object) -> int:
        """Change the provider's database; for time that passes, say. Returns how many rows."""
        with self.core.database.write() as tx:
            return tx.run(sql, **parameters)

    def prove_addresses(self) -> None:
        """Let everybody who is signed in have shown just now that they read their mail, as before a first second step."""
        self.change("UPDATE sso_session SET address_proven_at = :now", now=int(time.time()))

    def forget_attempts(self) -> None:
        """All tests come from one address: what one has tried must not slow the next one down."""
        self.change("DELETE FROM rate_limit")

    def cli(self, *arguments: str) -> Any:
        """Run `idp … --json` and return what it printed."""
        output = subprocess.run(
            [sys.executable, "-m", "idp", *arguments, "--json"], env=self.environ, check=True, capture_output=True
        ).stdout
        return json.loads(output)

    def mails(self, to: str) -> list[dict[str, Any]]:
        with urlopen(f"{self.mailbox}/api/messages?to={to}", timeout=5) as answer:
            return json.load(answer)

    def mail(self, to: str, *, containing: str = "", after: int = 0) -> dict[str, Any]:
        """Wait for the newest mail to an address, beyond the `after` that were there."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            found = self.mails(to)
            for one in found[: len(found) - after]:
                if containing in one["subject"] + one["text"]:
                    return one
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} containing {containing!r}: {[one['subject'] for one in self.mails(to)]}")
