"""Measuring what code costs, on a machine that does other things too."""

import gc
import math
import sys
import time
from collections.abc import Callable
from typing import Final

from graphql import parse

from tests.client import RENAME

__all__ = ["COSTLIEST", "least_cpu_time"]

COSTLIEST: Final = 0.015
"""Seconds of CPU that a document may cost, whatever it is and whatever becomes of it."""


_RENAME: Final = 0.00056
"""Seconds of CPU that parsing a rename takes where limits were set, on a core of its own."""


def least_cpu_time(action: Callable[[], object], times: int, enough: float = 0) -> float:
    """Seconds of CPU that `action` takes in this thread: the least of several measurements.

    No more are made as soon as one is below `enough` seconds. Neither the garbage of other tests
    nor the measuring of coverage counts, nor that a machine is slow now, perhaps because of who
    shares its cores: what `action` takes is compared with what parsing took before and after it.
    """
    trace = sys.gettrace()
    gc.disable()
    sys.settrace(None)
    try:
        least, before = math.inf, _cpu_time(_parse_rename)
        for _ in range(times):
            cost, after = _cpu_time(action), _cpu_time(_parse_rename)
            least = min(least, cost * min(1, 2 * _RENAME / (before + after)))
            if least < enough:
                break
            before = after
        return least
    finally:
        sys.settrace(trace)
        gc.enable()


def _cpu_time(action: Callable[[], object]) -> float:
    started = time.thread_time()
    action()
    return time.thread_time() - started


def _parse_rename() -> None:
    parse(RENAME)
