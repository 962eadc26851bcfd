"""Load from wrk, and what one run of it measured."""

import json
import resource
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from benchmarks.http_requests import Workload, write_requests
from benchmarks.processes import ProcessTree, pinned

__all__ = ["FailedReplyError", "Measurement", "measure"]

_SCRIPT = Path(__file__).with_name("load.lua")


class FailedReplyError(Exception):
    """At least one reply was not the success that is expected; the message has one of them."""


class _Figures(TypedDict):
    """What load.lua prints: times in microseconds, and one reply that was no success."""

    requests: int
    microseconds: int
    p50: int
    p99: int
    failures: int
    socket_errors: int
    sample: str


@dataclass(frozen=True)
class Measurement:
    """One run of the load against one server."""

    connections: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    server_cpu_us: float
    """CPU time of the server's whole process tree for one request, in microseconds."""
    load_busy: float
    """The part of one core that wrk itself kept busy, 0 to 1."""

    @property
    def per_second(self) -> float:
        """Replies per second."""
        return self.requests / self.seconds


def measure(
    server: ProcessTree,
    port: int,
    workload: Workload,
    *,
    connections: int,
    seconds: int,
    core: int | None,
) -> Measurement:
    """Keep `connections` requests in flight for `seconds`.

    Raises:
        FailedReplyError: not every reply was a success.
    """
    cpu_before = server.cpu_seconds()
    load_cpu_before = _children_cpu_seconds()
    found = _run_wrk(port, workload, connections, seconds, core)
    load_cpu = _children_cpu_seconds() - load_cpu_before
    cpu = server.cpu_seconds() - cpu_before
    if found["failures"] or found["socket_errors"] or not found["requests"]:
        raise FailedReplyError(json.dumps(found))
    elapsed = found["microseconds"] / 1e6
    return Measurement(
        connections=connections,
        requests=found["requests"],
        seconds=elapsed,
        p50_ms=found["p50"] / 1e3,
        p99_ms=found["p99"] / 1e3,
        server_cpu_us=cpu / found["requests"] * 1e6,
        load_busy=load_cpu / elapsed,
    )


def _run_wrk(
    port: int, workload: Workload, connections: int, seconds: int, core: int | None
) -> _Figures:
    with tempfile.NamedTemporaryFile() as requests:
        write_requests(Path(requests.name), workload.requests)
        expected = workload.expected
        command = [
            *("wrk", "--threads", "1", "--connections", str(connections)),
            *("--duration", str(seconds), "--timeout", "60", "--script", str(_SCRIPT)),
            *(f"http://127.0.0.1:{port}/", "--", requests.name),
            *(str(expected.status), expected.text, str(expected.count)),
        ]
        finished = subprocess.run(
            pinned(command, core), check=True, capture_output=True, timeout=seconds + 90
        )
    figures, sample = finished.stdout.decode(errors="replace").rpartition("\n{")[2].split("\n", 1)
    found: _Figures = json.loads("{" + figures)
    return {**found, "sample": sample.strip()}


def _children_cpu_seconds() -> float:
    """What the children that have ended used: between two calls around a run, that is wrk."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
