"""One piece of work at a time, however many wait for it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

__all__ = ["SingleFlight", "SingleFlights"]

Key = TypeVar("Key")
Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Does `work` once for all who ask while it is being done, and anew for who asks later."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> None:
        self._work = work
        self._task: asyncio.Task[Result] | None = None

    @property
    def under_way(self) -> bool:
        """Whether the work is being done at this moment."""
        return self._task is not None and not self._task.done()

    def start(self) -> asyncio.Task[Result]:
        """Begin the work unless it is under way, without waiting for it."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(_retrieve)
        return self._task

    async def join(self) -> Result:
        """The result of the work under way, begun if need be; raises what the work raises."""
        # shielded, because one who goes away must not take the result from the others
        return await asyncio.shield(self.start())

    async def cancel(self) -> None:
        """Stop the work if it is under way."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task


class SingleFlights(Generic[Key, Result]):
    """The same for many pieces of work at a time, told apart by their keys."""

    def __init__(self) -> None:
        self._flights: dict[Key, SingleFlight[Result]] = {}

    async def join(self, key: Key, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """The result of the work under way for this key, which is `work` if there is none yet."""

        async def once() -> Result:
            try:
                return await work()
            finally:
                # in the turn in which it ends: who asks later begins anew
                self._flights.pop(key, None)

        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = SingleFlight(once)
        return await flight.join()

    async def cancel(self) -> None:
        """Stop all that is under way."""
        for flight in tuple(self._flights.values()):
            await flight.cancel()


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Look at a failure that perhaps nobody waits for, so that asyncio does not report it."""
    if not task.cancelled():
        task.exception()
