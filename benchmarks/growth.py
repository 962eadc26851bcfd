"""How the gateway's cost changes: with documents, lists, connections, and upstream's problems."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.comparison import Pace, Server, started
from benchmarks.contestants import ours
from benchmarks.http_requests import Workload
from benchmarks.load import Measurement, measure
from benchmarks.processes import Cores
from benchmarks.upstream import LIST_SIZES, Upstream
from benchmarks.workloads import PROBLEMS, lists, problems, renames

__all__ = ["Growth", "Point", "measure_growth"]

_MOST_ALIASES = 5
_CONNECTIONS = (1, 4, 16, 64, 256)
_USUAL_CONNECTIONS = 32


@dataclass(frozen=True)
class Point:
    """So many items, and the medians over the rounds of what was measured with them."""

    items: int
    cpu_us: float
    per_second: float


@dataclass(frozen=True)
class Growth:
    """The points of each series, with items growing; those of `answers` are statuses."""

    aliases: Sequence[Point]
    groups: Sequence[Point]
    connections: Sequence[Point]
    answers: Sequence[Point]


def measure_growth(
    upstream: Upstream, cores: Cores, pace: Pace, announce: Callable[[str], None]
) -> Growth:
    """Measure each series with one gateway, the points in turn, `pace.rounds` times."""
    rename = renames(upstream)
    aliases = {count: renames(upstream, count) for count in range(1, _MOST_ALIASES + 1)}
    groups = {size: lists(upstream, size) for size in LIST_SIZES}
    answers = {204: rename} | {status: problems(upstream, status) for status in PROBLEMS}
    with started(ours(upstream), cores) as server:

        def series(cases: Sequence[tuple[int, Workload, int]]) -> list[Point]:
            rounds = [
                [
                    _load(server, workload, connections, cores, pace.measure)
                    for _, workload, connections in cases
                ]
                for _ in range(pace.rounds)
            ]
            return [
                _point(items, found) for (items, _, _), *found in zip(cases, *rounds, strict=True)
            ]

        _load(server, rename, _USUAL_CONNECTIONS, cores, pace.warm_up)
        announce(f"Growth: documents of 1 to {_MOST_ALIASES} aliases")
        of_aliases = series([(n, each, _USUAL_CONNECTIONS) for n, each in aliases.items()])
        announce(f"Growth: lists of {LIST_SIZES[0]} to {LIST_SIZES[-1]} groups")
        of_groups = series([(n, each, _USUAL_CONNECTIONS) for n, each in groups.items()])
        announce(f"Growth: {_CONNECTIONS[0]} to {_CONNECTIONS[-1]} connections")
        of_connections = series([(n, rename, n) for n in _CONNECTIONS])
        announce("Answers of the upstream: success and problems")
        of_answers = series([(n, each, _USUAL_CONNECTIONS) for n, each in answers.items()])
        return Growth(of_aliases, of_groups, of_connections, of_answers)


def _load(
    server: Server, workload: Workload, connections: int, cores: Cores, seconds: int
) -> Measurement:
    return measure(
        server.process,
        server.port,
        workload,
        connections=connections,
        seconds=seconds,
        core=cores.load,
    )


def _point(items: int, found: Sequence[Measurement]) -> Point:
    return Point(
        items,
        median(each.server_cpu_us for each in found),
        median(each.per_second for each in found),
    )
