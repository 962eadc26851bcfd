"""Measuring what code costs, on a machine that does other things too."""

import gc
import sys
import time
from collections.abc import Callable

__all__ = ["least_cpu_time"]


def least_cpu_time(action: Callable[[], object], times: int) -> float:
    """Seconds of CPU that `action` takes in this thread: the least of several measurements.

    Neither the garbage of other tests nor the measuring of coverage counts.
    """
    trace = sys.gettrace()
    gc.disable()
    sys.settrace(None)
    try:
        return min(_cpu_time(action) for _ in range(times))
    finally:
        sys.settrace(trace)
        gc.enable()


def _cpu_time(action: Callable[[], object]) -> float:
    started = time.thread_time()
    action()
    return time.thread_time() - started
