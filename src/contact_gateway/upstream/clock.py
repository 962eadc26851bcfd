"""The clock that deadlines are on."""

import asyncio

__all__ = ["event_loop_time"]


def event_loop_time() -> float:
    """The time of the running event loop, in seconds."""
    return asyncio.get_running_loop().time()
