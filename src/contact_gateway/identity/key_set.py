"""The issuer's public keys: an immutable snapshot, renewed in the background and on demand."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType

import structlog

from contact_gateway.event_loop.single_flight import SingleFlight
from contact_gateway.identity.signing_keys import SigningKey, read_key_set

__all__ = ["KeySet"]

_REFRESH_SECONDS = 300.0
_RETRY_SECONDS = 1.0  # while there is no key at all and nobody can be served
_LEAST_SECONDS_BETWEEN_DEMANDS = 30.0

_log = structlog.get_logger(__name__)


class KeySet:
    """Finds a key by its kid; fetches the set again when it is old or a kid is unknown.

    `fetch` returns the document of the key set and raises anything when it cannot; a failed
    fetch keeps the keys that are there. `clock` is monotonic, in seconds. `fetched_at` is when the
    set was last fetched, in seconds since the epoch, 0 before that.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[bytes]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._refreshing = SingleFlight(self._replace)
        self._demanded_at = float("-inf")
        self._snapshot: Mapping[str, SigningKey] = MappingProxyType({})
        self.fetched_at = 0.0

    @property
    def snapshot(self) -> Mapping[str, SigningKey]:
        """The keys by kid: the same object for as long as no key comes or goes."""
        return self._snapshot

    @property
    def ready(self) -> bool:
        """Whether there is any key to verify tokens with."""
        return bool(self._snapshot)

    async def find(self, kid: str) -> SigningKey | None:
        """The key named `kid`. An unknown kid joins one shared refresh, at most one per 30 s."""
        if kid not in self._snapshot and self._may_demand():
            await self.refresh()
        return self._snapshot.get(kid)

    def _may_demand(self) -> bool:
        if self._refreshing.under_way:
            return True
        now = self._clock()
        if now - self._demanded_at < _LEAST_SECONDS_BETWEEN_DEMANDS:
            return False
        self._demanded_at = now
        return True

    async def refresh(self) -> None:
        """Fetch the key set once, however many wait for it; a failure is logged, not raised."""
        await self._refreshing.join()

    async def _replace(self) -> None:
        try:
            keys = read_key_set(await self._fetch())
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the old keys stay
            _log.warning("key_set_not_fetched", error=type(error).__name__)
            return
        self.fetched_at = time.time()
        if keys != self._snapshot:
            self._snapshot = keys
            _log.info("keys_changed", kids=sorted(keys))

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Fetch the key set now, and go on refreshing it in the background."""
        await self.refresh()
        task = asyncio.create_task(self._keep_fresh())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._refreshing.cancel()

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_SECONDS if self.ready else _RETRY_SECONDS)
            await self.refresh()
