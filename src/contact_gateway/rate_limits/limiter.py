"""One limit for every caller and customer; without its storage, there is no limit."""

import asyncio
import math
import time
from collections.abc import Callable
from typing import Self

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from pydantic import SecretStr

from contact_gateway.rate_limits.storage import open_storage

__all__ = ["RateLimiter", "open_limiter"]

_SECONDS_WITHOUT_STORAGE = 1.0
_SECONDS_TO_FINISH = 2.0  # of a storage that is replaced

_log = structlog.get_logger(__name__)


def open_limiter(rate: str, storage_url: SecretStr | None) -> "RateLimiter":
    """A limiter of `rate`, such as 100/second, counted in Redis where there is a URL of one."""
    url = None if storage_url is None else storage_url.get_secret_value()
    limiter = RateLimiter(parse(rate), open_storage(url))
    limiter.storage_url = storage_url
    return limiter


class RateLimiter:
    """Counts requests in fixed windows, each beginning with the first request that it counts.

    While the storage fails, requests are let through; it is asked again once a second, and
    `failures` counts how often in vain. `clock` is monotonic, `now` since the epoch, in seconds.
    As an async context manager it closes the connections to its storage.
    """

    def __init__(
        self,
        limit: RateLimitItem,
        storage: Storage,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limit = limit
        self._storage = storage
        self._windows = FixedWindowRateLimiter(storage)
        self._clock = clock
        self._now = now
        self._let_through_until = float("-inf")
        self._replaced: list[Storage] = []
        self._replacing: asyncio.Task[None] | None = None
        self.storage_url: SecretStr | None = None
        self.failures = 0

    async def __aenter__(self) -> Self:
        """Nothing yet: the first request connects."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        if self._replacing is not None:
            self._replacing.cancel()
        for storage in (*self._replaced, self._storage):
            await _close(storage)

    def count_in(self, storage_url: SecretStr | None) -> None:
        """Count in the storage at this URL from now on; who counts in another one finishes."""
        if storage_url is None or storage_url == self.storage_url:
            return
        self.storage_url = storage_url
        self._replaced.append(self._storage)
        self._storage = open_storage(storage_url.get_secret_value())
        self._windows = FixedWindowRateLimiter(self._storage)
        self._replacing = asyncio.create_task(self._close_replaced())

    async def _close_replaced(self) -> None:
        await asyncio.sleep(_SECONDS_TO_FINISH)
        while self._replaced:
            await _close(self._replaced.pop())

    async def storage_answers(self) -> bool:
        """Whether the storage works now."""
        return await self._storage.check()

    async def seconds_to_wait(self, caller: str, customer: str) -> int | None:
        """Count one request: None if it may pass, else after how many seconds to try again."""
        if self._let_through_until > 0:
            now = self._clock()
            if now < self._let_through_until:
                return None
            # this one asks, and no other waits with it
            self._let_through_until = now + _SECONDS_WITHOUT_STORAGE
        try:
            passes = await self._windows.hit(self._limit, caller, customer)
            self._back()
            if passes:
                return None
            window = await self._windows.get_window_stats(self._limit, caller, customer)
        except (StorageError, OSError) as error:
            self._gone(error)
            return None
        return max(1, math.ceil(window.reset_time - self._now()))

    def _gone(self, error: Exception) -> None:
        self.failures += 1
        self._let_through_until = self._clock() + _SECONDS_WITHOUT_STORAGE
        _log.warning("rate_limits_off", error=type(error).__name__)

    def _back(self) -> None:
        if self._let_through_until > 0:
            self._let_through_until = float("-inf")
            _log.warning("rate_limits_on")


async def _close(storage: Storage) -> None:
    if isinstance(storage, RedisStorage):
        await storage.bridge.get_connection().aclose()  # type: ignore[attr-defined]
