"""The benchmark's tables, as text."""

from statistics import median

from tests.bench import bars
from tests.bench.results import Check, Results, middle

_GENERATOR_LIMIT = 0.9


def text(results: Results, peer_name: str) -> str:
    """Return the report: workloads beside the peer, then each bar, then what disturbs the figures."""
    figures = f"{'p50':>8}{'p99':>8}{'cpu':>8}"
    lines = [f"{'operations per second; milliseconds':<36}{'ours':>9}{figures}{'peer':>11}{figures}{'ratio':>8}"]
    lines += [_row(results, one) for one in bars.WORKLOADS if one.key in results.ours]
    lines += ["", f"peer: {peer_name}; one core, by turns; medians of the rounds"]
    lines.append("cpu: the server's processor time for one operation; what else the machine does changes it least")
    if results.hashes:
        lines.append(f"password verifications alone on that core: {median(results.hashes):.1f} a second")
    memory, ready = results.resident_mb, results.ready
    lines.append(f"peer's memory {memory['peer']:.0f} MB, start to ready {median(ready['peer']):.2f} s")
    lines.append(f"load average {min(results.loads):.1f}–{max(results.loads):.1f}; 2 would be this benchmark alone")
    lines += ["", f"{'bar':<36}{'measured':>9}{'bar':>10}  {'unit':<18}met"]
    lines += [_check(one) for one in results.checks()]
    missed = [one.label for one in results.checks() if not one.met]
    lines += ["", f"MISSED: {'; '.join(missed)}" if missed else "Every bar is met."]
    if results.busiest_generator() > _GENERATOR_LIMIT:
        share = results.busiest_generator()
        lines.append(f"The load generator was {share:.0%} busy: the fastest figures are its limit, not the server's.")
    return "\n".join(lines)


def _row(results: Results, one: bars.Workload) -> str:
    ours, peer = middle(results.ours[one.key]), middle(results.peer[one.key])
    return f"{one.label:<36}{_four(ours)}  {_four(peer)}{results.ratio(one.key):>8.2f}"


def _four(figures: dict[str, float]) -> str:
    rps = figures["rps"]
    return f"{rps:>9,.{0 if rps >= 100 else 1}f}{figures['p50_ms']:>8.2f}{figures['p99_ms']:>8.2f}{figures['cpu_ms']:>8.3f}"


def _check(one: Check) -> str:
    bound = f"{'≤' if one.at_most else '≥'} {one.bar:g}"
    return f"{one.label:<36}{one.value:>9.2f}{bound:>10}  {one.unit:<18}{'yes' if one.met else 'NO'}"
