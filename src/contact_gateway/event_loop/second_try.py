"""Asking again what is not answered in a moment."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

__all__ = ["with_second_try"]

Result = TypeVar("Result")

_PATIENCE_SECONDS: Final = 0.9  # so that it is asked for again within a second
_LOOKS: Final = 9


async def with_second_try(
    work: Callable[[], Awaitable[Result]], patience: float = _PATIENCE_SECONDS
) -> Result:
    """The first good result of `work`, which is begun once more if there is none after `patience`.

    So what is slow once costs a moment, and not as long as a request may take at the most. What
    fails before that fails: whoever asks knows when to come back. Raises what the last one raised.
    """

    async def one() -> Result:
        return await work()

    tries = [asyncio.create_task(one())]
    try:
        for _ in range(_LOOKS):  # not but once, or a busy event loop would be taken for slow work
            ended, waiting = await asyncio.wait(tries, timeout=patience / _LOOKS)
            if ended:
                break
        if waiting:
            tries.append(asyncio.create_task(one()))
            waiting = set(tries)
        while waiting and not _good(ended):
            ended, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return (_good(ended) or [*ended])[0].result()
    finally:
        left_over = [each for each in tries if each.cancel()]
        await asyncio.gather(*left_over, return_exceptions=True)


def _good(ended: Iterable[asyncio.Task[Result]]) -> list[asyncio.Task[Result]]:
    return [each for each in ended if each.exception() is None]
