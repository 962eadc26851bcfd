"""What tests serve with: ports that nobody else takes between asking for one and listening."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import free_port

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not RANGE.exists(), reason="needs Linux to ask for its range")
def test_free_port_and_the_kernel() -> None:
    """It is none of those that the kernel gives to clients, and to whoever listens on port 0."""
    first, last = map(int, RANGE.read_text(encoding="ascii").split())

    assert not {free_port() for _ in range(100)} & set(range(first, last + 1))


def test_free_port_and_other_workers() -> None:
    """Two of pytest-xdist's never get the same, however many they ask for."""
    ask = "from tests.servers import free_port; print(*(free_port() for _ in range(100)))"
    outputs = [
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", ask],
            env={**os.environ, "PYTEST_XDIST_WORKER": worker},
            capture_output=True,
            check=True,
        ).stdout.split()
        for worker in ("gw0", "gw1")
    ]

    assert [len(set(output)) for output in outputs] == [100, 100]
    assert set(outputs[0]).isdisjoint(outputs[1])
