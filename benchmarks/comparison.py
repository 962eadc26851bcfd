"""Contestants next to each other: in turn, several rounds, medians."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.contestants import CONNECTIONS, Contestant
from benchmarks.load import FailedReplyError, Measurement, measure
from benchmarks.processes import Cores, ProcessTree, running
from benchmarks.readiness import wait_until_answering
from benchmarks.upstream import Upstream, free_port
from benchmarks.workloads import rest_rename

__all__ = ["Comparison", "Figures", "Pace", "Server", "compare", "started"]


@dataclass(frozen=True)
class Pace:
    """How long and how often things are measured; times in whole seconds."""

    rounds: int
    warm_up: int
    measure: int


@dataclass(frozen=True)
class Server:
    """A contestant that answers. `ready_after` is in seconds from its start."""

    process: ProcessTree
    port: int
    ready_after: float


@dataclass(frozen=True)
class Round:
    """What one contestant did in one round; measurements by number of connections."""

    ready_after: float
    resident_bytes: int
    measurements: Mapping[int, Measurement]


@dataclass(frozen=True)
class Figures:
    """One contestant's rounds, and medians over them."""

    name: str
    rounds: Sequence[Round]

    def of(self, connections: int, read: Callable[[Measurement], float]) -> float:
        """The median of what `read` takes from the measurements at so many connections."""
        return median(read(each.measurements[connections]) for each in self.rounds)

    @property
    def ready_after(self) -> float:
        """Seconds from start to the first successful answer."""
        return median(each.ready_after for each in self.rounds)

    @property
    def resident_megabytes(self) -> float:
        """Resident memory of the process tree at the end of a round, in 10^6 bytes."""
        return median(each.resident_bytes for each in self.rounds) / 1e6


@dataclass(frozen=True)
class Comparison:
    """All that was measured; the gateway comes first, and the upstream was asked directly too."""

    contestants: Sequence[Figures]
    upstream: Figures


@contextlib.contextmanager
def started(contestant: Contestant, cores: Cores) -> Iterator[Server]:
    """Run a contestant in a folder of its own; it has answered once when the block begins.

    Raises:
        NotReadyError: it never did.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        log = folder / "output.log"
        start = time.monotonic()
        with running(
            contestant.command(port),
            core=cores.server,
            folder=folder,
            log=log,
            environment=contestant.environment(port),
        ) as process:
            wait_until_answering(process, port, contestant.workload, log)
            yield Server(process, port, time.monotonic() - start)


def compare(
    contestants: Sequence[Contestant],
    upstream: Upstream,
    cores: Cores,
    pace: Pace,
    announce: Callable[[str], None],
) -> Comparison:
    """Measure the contestants and the upstream itself in turn, `pace.rounds` times.

    Raises:
        FailedReplyError: not every reply was a success.
        NotReadyError: a contestant did not start.
    """
    rounds: dict[str, list[Round]] = {contestant.name: [] for contestant in contestants}
    of_upstream: list[Round] = []
    for number in range(1, pace.rounds + 1):
        for contestant in contestants:
            announce(f"Round {number} of {pace.rounds}: {contestant.name}")
            rounds[contestant.name].append(_contestant_round(contestant, cores, pace))
        announce(f"Round {number} of {pace.rounds}: the upstream alone")
        of_upstream.append(_upstream_round(upstream, cores, pace))
    return Comparison(
        [Figures(name, each) for name, each in rounds.items()],
        Figures("the upstream alone", of_upstream),
    )


def _contestant_round(contestant: Contestant, cores: Cores, pace: Pace) -> Round:
    with started(contestant, cores) as server:
        load = partial(measure, server.process, server.port, contestant.workload, core=cores.load)
        try:
            load(connections=CONNECTIONS[0], seconds=pace.warm_up)
            found = {each: load(connections=each, seconds=pace.measure) for each in CONNECTIONS}
        except FailedReplyError as error:
            raise FailedReplyError(f"{contestant.name}: {error}") from error
        return Round(server.ready_after, server.process.resident_bytes(), found)


def _upstream_round(upstream: Upstream, cores: Cores, pace: Pace) -> Round:
    """What the load gets from nginx directly, on the core that both share."""
    load = partial(measure, upstream.process, upstream.port, rest_rename(upstream), core=cores.load)
    found = {each: load(connections=each, seconds=pace.measure) for each in CONNECTIONS}
    return Round(0, upstream.process.resident_bytes(), found)
