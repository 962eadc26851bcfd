"""How much memory something needs at its worst."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Growth", "peak_growth"]

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass
class Growth:
    """By how many MB this process was at its largest above where it began."""

    megabytes: float = 0


@contextlib.contextmanager
def peak_growth() -> Iterator[Growth]:
    """Measure the peak of resident memory inside the block, where the system can tell it."""
    growth = Growth()
    if not _CLEAR.exists():
        yield growth
        return
    _CLEAR.write_text("5")  # proc(5): begin a new peak from the present size
    before = _kilobytes("VmRSS")
    yield growth
    growth.megabytes = (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
    assert found
    return int(found[1])
