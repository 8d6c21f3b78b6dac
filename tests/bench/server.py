"""A server under measurement: started on its core, timed until it is ready, weighed, stopped. What it serves, its heirs know."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.bench import cores

_READY_SECONDS = 60
_POLL_SECONDS = 0.005
_STOP_SECONDS = 15


class Server:
    """Start it with `start()`; `target` is what the load generator is told."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    port: int
    ready_path: str
    target: dict[str, Any]
    _process: subprocess.Popen[bytes]

    def start(self, core: int) -> float:
        """Start, and return the seconds until the first successful answer."""
        began = time.perf_counter()
        # What they log isn't measured: both write it into nothing.
        self._process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environ},
            preexec_fn=cores.pin(core),  # noqa: PLW1509  no thread runs here
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not self._is_ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}")
            if time.perf_counter() - began > _READY_SECONDS:
                self.stop()
                raise RuntimeError(f"{self.name} doesn't get ready")
            time.sleep(_POLL_SECONDS)
        return time.perf_counter() - began

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def resident_mb(self) -> float:
        """Return the memory of the process that answers: the largest one."""
        return max(cores.resident_mb(pid) for pid in cores.processes_below(self._process.pid))

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        return sum(cores.cpu_seconds(pid) for pid in cores.processes_below(self._process.pid))

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", self.ready_path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
