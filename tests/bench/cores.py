"""Cores and processes: who runs where, and how much memory it holds. Linux only, like `/proc`."""

import os
from collections.abc import Callable
from pathlib import Path


def two_cores() -> tuple[int, int]:
    """Return the core for the servers and the one for the load generator; the same one, if there is no other."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1 if len(cores) == 1 else 1]


def pin(core: int) -> Callable[[], None]:
    """Return a `preexec_fn` that keeps a program and everything it starts on one core."""
    return lambda: os.sched_setaffinity(0, {core})


def load_average() -> float:
    """Return how many programs wanted a core in the last minute, this benchmark's own included."""
    return os.getloadavg()[0]


def processes_below(pid: int) -> list[int]:
    """Return the ids of a process and of all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += processes_below(int(child))
    return found


def resident_mb(pid: int) -> float:
    """Return a process's resident memory in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(f"process {pid} is gone")


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has spent, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
