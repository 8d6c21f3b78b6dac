"""Runs the fuzz test: `python -m tests.fuzz [COUNT] [SEED] [--program NAME] [--number N]`; exits with 1 when something failed."""

import argparse
import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.programs import programs
from tests.fuzz.run import run

_NAMES = ("provider", "dashboard", "pairing", "certificates", "filing")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=30_000)
    parser.add_argument("seed", nargs="?", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--program", choices=_NAMES, action="append")
    arguments = parser.parse_args()
    logging.getLogger().addHandler(logging.NullHandler())
    logging.lastResort = None
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="fuzz-") as folder,
        programs(Path(folder), tuple(arguments.program or _NAMES)) as made,
    ):
        print(
            f"{sum(len(one.routes) for one in made)} routes, {arguments.count} requests, seed {arguments.seed}",
            flush=True,
        )
        figures = run(made, arguments.count, arguments.seed)
    for failure in figures.failures:
        print(failure)
    shown = ", ".join(f"{status}: {count}" for status, count in sorted(figures.statuses.items()))
    print(
        f"{figures.requests} answers in {time.monotonic() - began:.0f} s ({shown}); slowest {figures.slowest:.2f} s;",
        end=" ",
    )
    print(f"{len(figures.failures)} failed (seed {arguments.seed})")
    return 1 if figures.failures else 0


if __name__ == "__main__":
    sys.exit(main())
