"""The machine and the versions that figures were measured with; no paths, no host names."""

import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import hive
from benchmarks.processes import Cores

__all__ = ["describe"]

_PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "starlette",
    "strawberry-graphql",
    "graphql-core",
    "httpx",
    "joserfc",
    "orjson",
)


def describe(cores: Cores) -> list[tuple[str, str]]:
    """Name and value of everything that a reader needs to judge the figures."""
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{_memory_gigabytes():.0f} GB"),
        ("Kernel", f"{platform.system()} {platform.release()}"),
        ("Cores", _cores(cores)),
        ("Load average before", f"{os.getloadavg()[0]:.1f}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("Packages", ", ".join(f"{name} {version(name)}" for name in _PACKAGES)),
        ("Node.js", _output(["node", "--version"])),
        ("Hive Gateway", hive.version()),
        ("Upstream", _output(["nginx", "-v"]).removeprefix("nginx version: ")),
        ("Load", " ".join(_output(["wrk", "-v"]).split()[:2])),
    ]


def _cores(cores: Cores) -> str:
    if cores.server is None:
        return "one core for the server, the upstream and the load together"
    return "the server under test is bound to one core, the upstream and the load to another"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _output(command: Sequence[str]) -> str:
    finished = subprocess.run(command, check=False, capture_output=True, text=True)
    return (finished.stdout + finished.stderr).strip().splitlines()[0]
