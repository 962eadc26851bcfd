"""The issuer's public keys: an immutable snapshot, renewed in the background and on demand."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from contact_gateway.event_loop.second_try import with_second_try
from contact_gateway.event_loop.single_flight import SingleFlight
from contact_gateway.identity.discovery import DiscoveryError, Document
from contact_gateway.identity.signing_keys import SigningKey, SigningKeys, read_key_set

__all__ = ["KeySet"]

_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 300.0  # between two fetches, if all is well
_RETRY_SECONDS = 0.8  # after an answer that is none: it is asked for again within a second
_SECONDS_BETWEEN_DEMANDS = 1.0
_SECONDS_TO_BELIEVE = 60.0  # that a key set has no key any more

_log = structlog.get_logger(__name__)


class _NoUsableKeyError(Exception):
    """The key set has no key that a signature can be verified with."""


class KeySet:
    """Finds the keys of a token; fetches the set again when it is old or has no key for the token.

    `fetch` returns the document of the key set and raises anything when it cannot. What fails, or
    has no key, replaces nothing: a fault of a moment costs nobody whose key was there before. A key
    that a set with others lacks is gone, and so are all once the set has had none for a minute.
    `clock` is monotonic, in seconds. `fetched_at` is when a set was last fetched, in seconds since
    the epoch, 0 before that; `lifetime` for how many seconds it is kept. `issuer` is for the log.
    `discovery_fault` says what is wrong with the discovery document, if something is.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Document]],
        clock: Callable[[], float] = time.monotonic,
        issuer: str | None = None,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._named = {} if issuer is None else {"issuer": issuer}
        self._refreshing = SingleFlight(self._replace)
        self._demanded_at = float("-inf")
        self._snapshot = SigningKeys()
        self._failing = asyncio.Event()
        self._fault: str | None = None
        self._empty_since: float | None = None
        self._watchers: list[Callable[[], None]] = []
        self.fetched_at = 0.0
        self.lifetime = _LONGEST_SECONDS
        self.discovery_fault: str | None = None

    @property
    def snapshot(self) -> SigningKeys:
        """The keys: the same object for as long as no key comes or goes."""
        return self._snapshot

    @property
    def ready(self) -> bool:
        """Whether there is any key to verify tokens with."""
        return bool(self._snapshot.every)

    def on_change(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a key has come or gone, before anybody finds it so."""
        self._watchers.append(tell)

    async def find(self, kid: str | None, algorithm: str) -> tuple[SigningKey, ...]:
        """The keys that a token with this header may be signed with, most often one.

        Where there is none, all who ask share one refresh. Strangers can ask for what does not
        exist: so there is one a second at the most, however many they are.
        """
        found = self._snapshot.fitting(kid, algorithm)
        if not found and self._may_demand():
            await self.refresh()
            found = self._snapshot.fitting(kid, algorithm)
        return found

    def _may_demand(self) -> bool:
        if self._refreshing.under_way:
            return True
        now = self._clock()
        if now - self._demanded_at < _SECONDS_BETWEEN_DEMANDS:
            return False
        self._demanded_at = now
        return True

    async def refresh(self) -> None:
        """Fetch the key set once, however many wait for it; a failure is logged, not raised."""
        await self._refreshing.join()

    async def _replace(self) -> None:
        try:
            document = await with_second_try(self._fetch)
            keys = read_key_set(document.content)
            if not keys.every and not self._stays_empty():
                raise _NoUsableKeyError  # noqa: TRY301 - as every other answer that is none
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the old keys stay
            self.discovery_fault = str(error) if isinstance(error, DiscoveryError) else None
            self._failed(self.discovery_fault or type(error).__name__)
            return
        if keys.every:
            self._failing.clear()
            self._empty_since = None
        self._fault = self.discovery_fault = None
        self.fetched_at = time.time()
        age = _LONGEST_SECONDS if document.max_age is None else document.max_age
        self.lifetime = min(max(age, _SHORTEST_SECONDS), _LONGEST_SECONDS)
        if keys != self._snapshot:
            self._snapshot = keys
            for tell in self._watchers:
                tell()
            _log.info("keys_changed", kids=sorted(keys), **self._named)

    def _stays_empty(self) -> bool:
        """Whether a set without a key has been one for so long that it is meant."""
        now = self._clock()
        if self._empty_since is None:
            self._empty_since = now
        return now - self._empty_since >= _SECONDS_TO_BELIEVE

    def _failed(self, fault: str) -> None:
        """Note a failure; it is logged once, and not each second for as long as it lasts."""
        self._failing.set()
        if fault != self._fault:
            self._fault = fault
            _log.warning("key_set_not_fetched", error=fault, **self._named)

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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.lifetime):
                    await self._failing.wait()
                    await asyncio.sleep(_RETRY_SECONDS)
            await self.refresh()
