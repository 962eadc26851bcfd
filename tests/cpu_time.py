"""Measuring what code costs, on a machine that does other things too."""

import gc
import sys
import time
from collections.abc import Callable
from typing import Final

__all__ = ["COSTLIEST", "least_cpu_time"]

COSTLIEST: Final = 0.015
"""Seconds of CPU that a document may cost, whatever it is and whatever becomes of it."""


_LOOP: Final = 0.0019
"""Seconds of CPU that `_loop` takes on the machine that limits were set on, while that is idle."""


def least_cpu_time(action: Callable[[], object], times: int, enough: float = 0) -> float:
    """Seconds of CPU that `action` takes in this thread: the least of several measurements.

    No more are made as soon as one is below `enough` seconds. Neither the garbage of other tests
    nor the measuring of coverage counts, nor that a machine is slow now: then all are less.
    """
    trace = sys.gettrace()
    gc.disable()
    sys.settrace(None)
    try:
        least, loop = _cpu_time(action), _cpu_time(_loop)
        for _ in range(times - 1):
            if least < enough:
                break
            least, loop = min(least, _cpu_time(action)), min(loop, _cpu_time(_loop))
        return least * min(1, _LOOP / loop)
    finally:
        sys.settrace(trace)
        gc.enable()


def _cpu_time(action: Callable[[], object]) -> float:
    started = time.thread_time()
    action()
    return time.thread_time() - started


def _loop() -> int:
    total = 0
    for number in range(20_000):
        total += number
    return total
