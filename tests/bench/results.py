"""What a whole benchmark found: rounds kept as measured, medians made on demand."""

from dataclasses import dataclass, field, fields
from statistics import median
from typing import Any

from tests.bench import bars
from tests.bench.load import Measured


@dataclass(frozen=True, slots=True)
class Check:
    """A bar and what came of it. `value` and `bar` have the same unit."""

    label: str
    value: float
    bar: float
    unit: str
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.bar if self.at_most else self.value >= self.bar


@dataclass(slots=True)
class Results:
    """Rounds by workload; seconds and MB by server: `ours`, `peer`."""

    ours: dict[str, list[Measured]] = field(default_factory=dict)
    peer: dict[str, list[Measured]] = field(default_factory=dict)
    hashes: list[float] = field(default_factory=list)
    ready: dict[str, list[float]] = field(default_factory=dict)
    resident_mb: dict[str, float] = field(default_factory=dict)
    second_steps: dict[str, float] = field(default_factory=dict)
    inbox: dict[str, list[float]] = field(default_factory=dict)
    authority: dict[str, float] = field(default_factory=dict)
    warm_run: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def ratio(self, workload: str) -> float:
        """Return ours over the peer's: the median of the rounds' ratios, whose halves ran one after the other."""
        pairs = zip(self.ours[workload], self.peer[workload], strict=True)
        return median(one.rps / other.rps for one, other in pairs)

    def share_of_hash(self) -> float:
        """Return sign-ins over password verifications a second on the same core."""
        return median(one.rps / rate for one, rate in zip(self.ours[bars.SIGN_IN], self.hashes, strict=True))

    def checks(self) -> list[Check]:
        found = [Check(one.label, self.ratio(one.key), bars.PEER_BAR, "× peer") for one in self._beside_peer()]
        if bars.SIGN_IN in self.ours:
            found.append(
                Check("whole sign-in with password", self.share_of_hash(), bars.SIGN_IN_BAR, "× the hash alone")
            )
        for label, milliseconds in self.second_steps.items():
            found.append(Check(label, milliseconds, bars.SECOND_STEP_BAR_MS, "ms", at_most=True))
        if self.inbox:
            full, empty = self.inbox["first page"]
            label = f"inbox of 100,000, × {full / empty:.1f} of empty"
            found.append(Check(label, full - empty, bars.INBOX_BAR_MS, "ms beyond empty", at_most=True))
        if self.authority:
            answers, seconds = self.authority["ocsp ÷ bare"], self.authority["list of 100,000, seconds"]
            found.append(Check("OCSP answers", answers, bars.OCSP_BAR, "× bare framework"))
            found.append(Check("revocation list of 100,000", seconds, bars.LIST_BAR_SECONDS, "s", at_most=True))
        mb = self.resident_mb["ours"]
        found.append(Check("memory of a worker afterwards", mb, bars.MEMORY_BAR_MB, "MB", at_most=True))
        ready = median(self.ready["ours"])
        found.append(Check("start to ready", ready, bars.READY_BAR_SECONDS, "s", at_most=True))
        if self.warm_run:
            warm = median(self.warm_run)
            found.append(Check("make run, warm, to ready", warm, bars.WARM_RUN_BAR_SECONDS, "s", at_most=True))
        return found

    def _beside_peer(self) -> list[bars.Workload]:
        return [one for one in bars.WORKLOADS if one.key in self.ours and one.key != bars.SIGN_IN]

    def busiest_generator(self) -> float:
        return max(one.generator_busy for rounds in (*self.ours.values(), *self.peer.values()) for one in rounds)

    def as_json(self) -> dict[str, Any]:
        return {
            "workloads": {
                key: {"ours": middle(self.ours[key]), "peer": middle(self.peer[key]), "ratio": self.ratio(key)}
                for key in self.ours
            },
            "hashes_per_second": self.hashes,
            "ready_seconds": self.ready,
            "resident_mb": self.resident_mb,
            "second_steps_ms": self.second_steps,
            "inbox_ms": self.inbox,
            "authority": self.authority,
            "warm_run_seconds": self.warm_run,
            "load_average": self.loads,
            "bars": [
                {"label": one.label, "value": one.value, "bar": one.bar, "unit": one.unit, "met": one.met}
                for one in self.checks()
            ],
        }


def middle(rounds: list[Measured]) -> dict[str, float]:
    """Return the median of each figure."""
    return {one.name: median(getattr(measured, one.name) for measured in rounds) for one in fields(Measured)}
