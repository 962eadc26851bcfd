"""Signals while `serve` starts, at random moments: it ends well, and every line is JSON.

The moments are counted from that at which our code begins: what a signal does before it is
Python's business, as it is of any other program.
"""

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from contact_gateway.event_loop.held_signals import HELD
from contact_gateway.sandbox import Sandbox
from tests.servers import environment_for
from tests.thorough import often

AT_A_TIME = 5
LATEST = 1.2  # seconds after which it is told to stop, most of which starting takes


@dataclass(frozen=True)
class Start:
    """One start: with how many workers, and when it is told to stop by which signal."""

    workers: int
    seconds: float
    number: int


@dataclass(frozen=True)
class End:
    """How it ended: its status, and what of its log is no JSON."""

    status: int
    strays: list[bytes]


def mask(pid: int, field: str) -> int:
    """The signals of a process that Linux shows in `field` of its status, as bits."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith(f"{field}:"))


def has_begun(pid: int) -> bool:
    """Whether our code runs in a process: it holds or handles SIGTERM, which Python does not.

    While it starts, glibc holds all that there is for some microseconds.
    """
    stop, other = (1 << (each - 1) for each in (signal.SIGTERM, signal.SIGUSR1))
    held = mask(pid, "SigBlk")
    return bool((held | mask(pid, "SigCgt")) & stop) and not held & other


def start_and_stop(sandbox: Sandbox, directory: Path, start: Start) -> End:
    """Start the gateway, and tell it to stop at the given time."""
    settings = {"port": 0, "workers": start.workers, "drain_pause": 0}
    with subprocess.Popen(
        [sys.executable, "-m", "contact_gateway", "serve"],
        cwd=directory,
        env=environment_for(sandbox.url, **settings),
        stderr=subprocess.PIPE,
    ) as process:
        while not has_begun(process.pid):
            assert process.poll() is None
            time.sleep(0.002)
        time.sleep(start.seconds)
        process.send_signal(start.number)
        if start.number == signal.SIGHUP:
            time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
        try:
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()  # whoever has not stopped by then never will, and would be waited for
    return End(process.returncode, [line for line in log.splitlines() if not is_json(line)])


def is_json(line: bytes) -> bool:
    """Whether a line is a JSON object."""
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def starts() -> list[Start]:
    """Starts at the same random moments each time; a fifth are of two workers."""
    times = often(20)
    chance = random.Random(21)  # noqa: S311 - no secret
    numbers = [signal.SIGTERM, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
    return [
        Start(
            2 if each % 5 == 0 else 1, LATEST * (each + chance.random()) / times, numbers[each % 4]
        )
        for each in range(times)
    ]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to look inside")
def test_at_any_moment(sandbox: Sandbox, tmp_path: Path) -> None:
    """The status is 0 and every line is JSON, from the moment at which our code begins."""
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        ends = list(
            threads.map(lambda start: (start, start_and_stop(sandbox, tmp_path, start)), starts())
        )

    assert [(start, end) for start, end in ends if (end.status, end.strays) != (0, [])] == []


def test_held() -> None:
    """All three that supervisors and terminals send are held."""
    assert {signal.SIGTERM, signal.SIGINT, signal.SIGHUP} == HELD
