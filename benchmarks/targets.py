"""What the gateway promises about its cost, and whether one run shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.comparison import Comparison, Figures
from benchmarks.load import Measurement
from benchmarks.memory import Resident

__all__ = ["Target", "targets"]

_FLAT_MEGABYTES = 2.0


@dataclass(frozen=True)
class Target:
    """A promise: `measured` is at most `bound`, both in the unit that `promise` names."""

    promise: str
    bound: float
    measured: float

    @property
    def kept(self) -> bool:
        """Whether this run shows it."""
        return self.measured <= self.bound


def targets(comparison: Comparison, memory: Sequence[Resident]) -> list[Target]:
    """Every promise, with what was measured."""
    ours, pass_through, strawberry, hive = comparison.contestants
    after = [each.resident_bytes / 1e6 for each in memory]

    def cpu(other: Figures) -> float:
        return ours.of(32, _cpu) / other.of(32, _cpu)

    return [
        Target("CPU per mutation, of Hive Gateway's", 0.45, cpu(hive)),
        Target("CPU per mutation, of the hand-written pass-through's", 0.2, cpu(pass_through)),
        Target("CPU per mutation, of Strawberry's view's", 0.07, cpu(strawberry)),
        Target("p99, of Hive Gateway's", 0.5, ours.of(32, _p99) / hive.of(32, _p99)),
        Target(
            "requests/s at 32 connections, of those at 256",
            1.0,
            ours.of(32, _per_second) / ours.of(256, _per_second),
        ),
        Target(
            "p50 at one connection over the upstream's own, ms",
            1.0,
            ours.of(1, _p50) - comparison.upstream.of(1, _p50),
        ),
        Target("resident after 100,000 requests, MB", 90, after[-1]),
        Target(
            "growth between 50,000 and 100,000 requests, MB", _FLAT_MEGABYTES, after[-1] - after[-2]
        ),
        Target("first answer after, s", 1.2, ours.ready_after),
    ]


def _cpu(found: Measurement) -> float:
    return found.server_cpu_us


def _p50(found: Measurement) -> float:
    return found.p50_ms


def _p99(found: Measurement) -> float:
    return found.p99_ms


def _per_second(found: Measurement) -> float:
    return found.per_second
