"""Whether the gateway's memory stays flat: resident after so many requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.comparison import started
from benchmarks.contestants import ours
from benchmarks.load import measure
from benchmarks.processes import Cores
from benchmarks.upstream import Upstream

__all__ = ["REQUESTS", "Resident", "TooSlowError", "measure_memory"]

REQUESTS = (0, 50_000, 100_000)
"""After how many requests, at least, memory is read."""

_CONNECTIONS = 32
_BURST_SECONDS = 1
_MOST_BURSTS = 300


class TooSlowError(Exception):
    """There were fewer requests than memory is to be read after, in all the time there is."""


@dataclass(frozen=True)
class Resident:
    """Resident memory of the one worker, in bytes, after so many requests."""

    requests: int
    resident_bytes: int


def measure_memory(
    upstream: Upstream, cores: Cores, announce: Callable[[str], None]
) -> Sequence[Resident]:
    """Read the memory after each of `REQUESTS`.

    Raises:
        TooSlowError: five minutes were not enough for them.
    """
    contestant = ours(upstream)
    found: list[Resident] = []
    requests = 0
    with started(contestant, cores) as server:
        for _ in range(_MOST_BURSTS):
            if requests >= REQUESTS[len(found)]:
                announce(f"Memory after {requests:,} requests")
                found.append(Resident(requests, server.process.resident_bytes()))
            if len(found) == len(REQUESTS):
                return found
            requests += measure(
                server.process,
                server.port,
                contestant.workload,
                connections=_CONNECTIONS,
                seconds=_BURST_SECONDS,
                core=cores.load,
            ).requests
    raise TooSlowError(f"Only {requests:,} requests in {_MOST_BURSTS * _BURST_SECONDS} s.")
