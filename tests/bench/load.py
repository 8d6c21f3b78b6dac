"""Starts the load generator (`load/main.mjs`) on its core and reads what it measured."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench import cores, node
from tests.bench.server import Server

CONNECTIONS = 16
_GENERATOR = Path(__file__).parent / "load" / "main.mjs"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one workload: operations a second, milliseconds, and the share of its own core that the generator used.

    `cpu_ms` is the processor time that the server spent on one operation: what else runs on the machine changes it least.
    """

    rps: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    generator_busy: float


def run(server: Server, workload: str, *, warm_up: float, seconds: float, core: int) -> Measured:
    """Run a workload. Raises RuntimeError with the generator's words when an answer was wrong."""
    options = {
        "target": server.target,
        "workload": workload,
        "connections": CONNECTIONS,
        "warmUpSeconds": warm_up,
        "seconds": seconds,
    }
    with subprocess.Popen(
        [str(node.NODE), str(_GENERATOR), json.dumps(options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=cores.pin(core),  # noqa: PLW1509  no thread runs here
    ) as generator:
        assert generator.stdout is not None
        generator.stdout.readline()
        before = server.cpu_seconds()
        result, complaint = generator.communicate()
        spent = server.cpu_seconds() - before
    if generator.returncode:
        raise RuntimeError(f"{workload} at {server.name} failed:\n{complaint}")
    figures = json.loads(result)
    return Measured(cpu_ms=1000 * spent / figures.pop("operations_in_all"), **figures)
