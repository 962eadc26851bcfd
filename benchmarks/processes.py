"""Processes of a benchmark: started on a core of their own, and what they use."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cores", "ProcessTree", "pinned", "running"]

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cores:
    """Which core the server under test has for itself, and which ones load and upstream share.

    With one core there is nothing to choose, and both are None.
    """

    server: int | None
    load: int | None

    @classmethod
    def of_this_machine(cls) -> "Cores":
        """The first two cores that this process may use."""
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[1]) if len(usable) > 1 else cls(None, None)


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    """`command`, bound to a core; taskset becomes the command, so the process id is the same."""
    return [*command] if core is None else ["taskset", "--cpu-list", str(core), *command]


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    core: int | None,
    folder: Path,
    log: Path,
    environment: Mapping[str, str],
) -> Iterator["ProcessTree"]:
    """Run a command in `folder` with its output in `log`, and stop it at the end of the block."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned(command, core),
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield ProcessTree(process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class ProcessTree:
    """A process that was started here, with all that it started."""

    process: subprocess.Popen[bytes]

    @property
    def running(self) -> bool:
        """Whether the first process of the tree is still there."""
        return self.process.poll() is None

    def cpu_seconds(self) -> float:
        """User and system time so far, of children that have ended too (proc(5), stat)."""
        return sum(_cpu_ticks(process_id) for process_id in self._ids()) / _TICKS_PER_SECOND

    def resident_bytes(self) -> int:
        """Resident memory, the sum over the tree."""
        return sum(
            int(_read(process_id, "statm").split()[1]) * _PAGE_BYTES for process_id in self._ids()
        )

    def _ids(self) -> Iterator[int]:
        waiting = [self.process.pid]
        while waiting:
            process_id = waiting.pop()
            yield process_id
            for task in Path(f"/proc/{process_id}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]


def _cpu_ticks(process_id: int) -> int:
    # the second field is a name in parentheses, which may hold spaces
    fields = _read(process_id, "stat").rpartition(")")[2].split()
    utime, stime, children_utime, children_stime = fields[11:15]
    return int(utime) + int(stime) + int(children_utime) + int(children_stime)


def _read(process_id: int, name: str) -> str:
    return Path(f"/proc/{process_id}/{name}").read_text(encoding="utf-8")
