"""Runs the benchmark: `python -m tests.bench [--quick] [--only WORKLOAD] [--json FILE]`.

Both servers are up on one core all the time, and the load generator drives them by turns from another one, so that whatever else
the machine does hits both. Exits with 0 when everything ran, whether or not the bars are met.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    authority,
    bars,
    contestants,
    cores,
    hash_rate,
    inbox,
    load,
    node,
    report,
    second_steps,
    warm_start,
)
from tests.bench.results import Results
from tests.bench.server import Server

_WARM_UP_SECONDS = 1.0
_HASH_SECONDS = 3.0
_SECOND_STEP_SECONDS = 3.0


def main() -> int:
    arguments = _arguments()
    root = Path(os.environ.get("DATA_DIR", "var")).absolute()
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=root))  # a real disk: a commit has to reach it
    try:
        results, peer_name = _measure(folder, arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(report.text(results, peer_name))
    if arguments.json:
        arguments.json.write_text(json.dumps(results.as_json(), indent=2))
    return 0


def _measure(folder: Path, arguments: argparse.Namespace) -> tuple[Results, str]:
    core, other_core = cores.two_cores()
    if core == other_core:
        _say("only one core: the load generator competes with the servers, and no figure means much")
    results = Results()
    ours = contestants.Provider(folder / "ours")
    peer = contestants.Peer(folder / "peer", ours.people)
    servers: dict[str, Server] = {"ours": ours, "peer": peer}
    for name, server in servers.items():
        _say(f"{server.name}: starts")
        server.start(core)  # makes keys and people
        server.stop()
        results.ready[name] = []
        for again in reversed(range(arguments.rounds)):
            results.ready[name].append(server.start(core))
            if again:
                server.stop()
    ours.register_client()
    try:
        for number in range(arguments.rounds):
            _round(results, servers, arguments, f"round {number + 1} of {arguments.rounds}", (core, other_core))
        results.resident_mb = {name: server.resident_mb() for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.stop()
    if not arguments.only or bars.SIGN_IN in arguments.only:
        _say("second steps")
        results.second_steps = second_steps.measure(seconds=_SECOND_STEP_SECONDS, core=core)
    if not arguments.only:
        _say("inbox")
        results.inbox = inbox.measure(core=core)
        _say("certificate authority")
        results.authority = authority.measure(core=core)
        _say("make run")
        results.warm_run = warm_start.measure(folder / "run", starts=arguments.rounds)
    return results, f"{peer.name} on Node {node.version()}, SQLite"


def _round(
    results: Results, servers: dict[str, Server], arguments: argparse.Namespace, title: str, pinned: tuple[int, int]
) -> None:
    core, other_core = pinned
    for workload in bars.WORKLOADS:
        if arguments.only and workload.key not in arguments.only:
            continue
        _say(f"{title}: {workload.label}")
        if workload.key == bars.SIGN_IN:
            results.hashes.append(hash_rate.measure(seconds=_HASH_SECONDS, core=core))
        for name, rounds in (("ours", results.ours), ("peer", results.peer)):
            measured = load.run(
                servers[name],
                workload.key,
                warm_up=_WARM_UP_SECONDS,
                seconds=arguments.seconds * workload.stretch,
                core=other_core,
            )
            rounds.setdefault(workload.key, []).append(measured)
        results.loads.append(cores.load_average())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__.splitlines()[0])
    keys = [one.key for one in bars.WORKLOADS]
    parser.add_argument("--quick", action="store_true", help="one short round: does it all work?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each run of a workload")
    parser.add_argument("--only", action="append", choices=keys, help="just this workload; repeatable")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds, arguments.seconds = 1, 1.5
    return arguments


def _say(words: str) -> None:
    print(f"… {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
