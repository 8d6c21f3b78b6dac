"""Starts the load generator (`load/main.mjs`) on its core and reads what it measured."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import cores, node

CONNECTIONS = 16
_GENERATOR = Path(__file__).parent / "load" / "main.mjs"


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one workload: operations a second, milliseconds, and the share of its own core that the generator used."""

    rps: float
    p50_ms: float
    p99_ms: float
    generator_busy: float


def run(target: dict[str, Any], workload: str, *, warm_up: float, seconds: float, core: int) -> Measured:
    """Run a workload. Raises RuntimeError with the generator's words when an answer was wrong."""
    options = {
        "target": target,
        "workload": workload,
        "connections": CONNECTIONS,
        "warmUpSeconds": warm_up,
        "seconds": seconds,
    }
    done = subprocess.run(
        [str(node.NODE), str(_GENERATOR), json.dumps(options)],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=cores.pin(core),
    )
    if done.returncode:
        raise RuntimeError(f"{workload} at port {target['port']} failed:\n{done.stderr}")
    return Measured(**json.loads(done.stdout))
