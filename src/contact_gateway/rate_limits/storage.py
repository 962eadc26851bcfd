"""Where requests are counted: in this process, or in Redis."""

import time
from collections.abc import Callable

from limits.aio.storage import RedisStorage, Storage

__all__ = ["InMemory", "open_storage"]

_SECONDS_FOR_REDIS = 0.25  # for connecting, and for each answer
_MOST_CONNECTIONS = 64
_SMALLEST_SWEEP = 1024


def open_storage(url: str | None) -> Storage:
    """The storage at a `redis://` or `rediss://` URL, or one in memory. Nothing is connected yet.

    Raises:
        ConfigurationError: the package for Redis is not installed.
    """
    if url is None:
        return InMemory()
    return RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="contact-gateway",
        socket_connect_timeout=_SECONDS_FOR_REDIS,
        socket_timeout=_SECONDS_FOR_REDIS,
        max_connections=_MOST_CONNECTIONS,
        # limits names only plain values; a retry would double the wait of everybody
        retry=_no_retry(),  # type: ignore[arg-type]
    )


def _no_retry() -> object:
    from redis.asyncio.retry import Retry  # noqa: PLC0415 - in the extra [redis] only
    from redis.backoff import NoBackoff  # noqa: PLC0415 - as above

    return Retry(NoBackoff(), 0)


class InMemory(Storage):
    """Counts of fixed windows in this process. `clock` is in seconds since the epoch.

    The storage of `limits` looks through all its keys on every request (measured with limits
    5.8.0: 75 µs a request with 1,000 callers); this one when their number has doubled.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}
        self._sweep_at = _SMALLEST_SWEEP

    @property
    def base_exceptions(self) -> type[Exception]:
        """What this storage raises when it fails: memory does not."""
        return MemoryError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in the window of `key`, or in a new one of `expiry` seconds; the count."""
        now = self._clock()
        count, end = self._windows.get(key, (0, 0.0))
        if end <= now:
            count, end = 0, now + expiry
            self._sweep(now)
        self._windows[key] = (count + amount, end)
        return count + amount

    async def get(self, key: str) -> int:
        """The count in the window of `key`."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if end > self._clock() else 0

    async def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since the epoch."""
        return self._windows.get(key, (0, self._clock()))[1]

    async def check(self) -> bool:
        """Whether the storage works."""
        return True

    async def reset(self) -> int:
        """Forget every window; how many there were."""
        forgotten = len(self._windows)
        self._windows.clear()
        return forgotten

    async def clear(self, key: str) -> None:
        """Forget the window of `key`."""
        self._windows.pop(key, None)

    def _sweep(self, now: float) -> None:
        if len(self._windows) < self._sweep_at:
            return
        live = {key: window for key, window in self._windows.items() if window[1] > now}
        self._windows = live
        self._sweep_at = max(_SMALLEST_SWEEP, 2 * len(live))
