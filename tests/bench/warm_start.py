"""How long `make run` takes on data that are there: everything, from the command to the line that says it is ready."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from tests.support.ports import free_port_base

_ROOT = Path(__file__).parents[2]
_STOP_SECONDS = 20


def measure(folder: Path, *, starts: int) -> list[float]:
    """Return the seconds of `starts` warm starts; a first one, unmeasured, makes the data."""
    return [_start_once(folder) for _ in range(1 + starts)][1:]


def _start_once(folder: Path) -> float:
    base = free_port_base()
    environ = {**os.environ, "PROFILE": "demo", "PORT_BASE": str(base), "DATA_DIR": str(folder)}
    environ.pop("MAKEFLAGS", None)  # `make bench` is itself a make
    began = time.perf_counter()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "run"],
        cwd=_ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    try:
        for line in process.stdout or ():
            said.append(line)
            if re.match(r"Ready after", line):
                return time.perf_counter() - began
        raise RuntimeError("make run doesn't get ready:\n" + "".join(said))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
