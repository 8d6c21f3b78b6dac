"""`idp run`: everything at once for trying it out: provider, worker, demo mailbox and the relying parties, until Ctrl-C.

It only starts programs and watches them; they are the same ones that a deployment starts one by one. What each writes goes to
DATA_DIR/logs.
"""

import os
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from config.files import keep_private
from config.settings import ConfigError, ProviderSettings, load_provider

_READY_SECONDS = 90
_STOP_SECONDS = 8
_LOG_LINES = 15


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its name, the arguments after `python -m`, and where it says that it is ready (empty: it doesn't)."""

    name: str
    module: tuple[str, ...]
    health: str = ""


@click.command()
def run() -> None:
    """Start everything and print where it is. Ctrl-C stops it; a second start finds all data again."""
    try:
        settings = load_provider()
        keep_private(settings.data_dir)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    if settings.profile == "production":
        raise click.ClickException(
            "idp run is for trying it out: in production, start idp serve and idp worker on their own."
        )
    raise SystemExit(_supervise(settings, _programs(settings)))


def _programs(settings: ProviderSettings) -> list[Program]:
    programs = [
        Program("provider", ("idp", "serve"), f"{settings.issuer}/health/ready"),
        Program("mailbox", ("idp.notify.mailbox",), f"http://127.0.0.1:{settings.mailbox_port}/health/live"),
        Program("worker", ("idp", "worker")),
    ]
    for name, address in settings.services.items():
        programs.append(Program(name, (f"clients.{name}",), f"{address}/health/live"))
    return programs


def _supervise(settings: ProviderSettings, programs: list[Program]) -> int:
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    running = {program.name: _start(program, logs) for program in programs}
    try:
        failed = _await_ready(programs, running, stopping)
        if not failed and not stopping:
            click.echo(_welcome(settings, time.monotonic() - began))
        while not failed and not stopping:
            failed = next((name for name, process in running.items() if process.poll() is not None), "")
            time.sleep(0.2)
    finally:
        _stop(running)
    if failed and not stopping:
        tail = (logs / f"{failed}.log").read_text(errors="replace").splitlines()[-_LOG_LINES:]
        click.echo(f"{failed} stopped. The end of {logs / failed}.log:\n" + "\n".join(tail), err=True)
        return 1
    click.echo("Stopped; all data is kept.")
    return 0


def _start(program: Program, logs: Path) -> subprocess.Popen[bytes]:
    with (logs / f"{program.name}.log").open("ab") as log:
        # A session of its own: Ctrl-C reaches only this process, which then stops the others in order.
        return subprocess.Popen(  # noqa: S603  our own modules
            [sys.executable, "-m", *program.module], stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )


def _await_ready(programs: list[Program], running: dict[str, subprocess.Popen[bytes]], stopping: list[int]) -> str:
    """Wait for every program; return the name of one that failed, or an empty text."""
    waiting = [program for program in programs if program.health]
    deadline = time.monotonic() + _READY_SECONDS
    while waiting and not stopping:
        for name, process in running.items():
            if process.poll() is not None:
                return name
        if _answers(waiting[0].health):
            waiting.pop(0)
        elif time.monotonic() > deadline:
            return waiting[0].name
        else:
            time.sleep(0.05)
    return ""


def _answers(url: str) -> bool:
    try:
        # With an https issuer this is our own certificate, which this machine may not know; that is no obstacle to being ready.
        with urlopen(url, timeout=2, context=_any_certificate() if url.startswith("https") else None) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False


def _any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _welcome(settings: ProviderSettings, seconds: float) -> str:
    places = [(settings.brand.account, settings.issuer)]
    places += [(name.capitalize(), address) for name, address in settings.services.items()]
    if address := settings.strong.certificate.address:
        places.append(("Certificate sign-in", address))
    places.append(("Mailbox", f"http://localhost:{settings.mailbox_port}"))
    lines = [f"Ready after {seconds:.1f} s.", ""]
    lines += [f"  {name:<20} {address}" for name, address in places]
    if settings.demo_people:
        names = ", ".join(person.username for person in settings.demo_people)
        lines += ["", f"  Sign in as {names}; the password of each is demo-PASSWORD-1"]
    return "\n".join([*lines, "", "Ctrl-C stops everything."])
