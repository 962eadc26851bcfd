"""The issuers whose tokens are believed, each with a key set of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

from contact_gateway.identity.key_set import KeySet

__all__ = ["Issuers"]


class Issuers:
    """The key sets by the exact name of their issuer: a key of one is no key of another."""

    def __init__(self, key_sets: Mapping[str, KeySet]) -> None:
        self.key_sets = key_sets

    def on_change(self, tell: Callable[[], None]) -> None:
        """Call `tell` whenever a key comes or goes, before anybody finds it so."""
        for key_set in self.key_sets.values():
            key_set.on_change(tell)

    async def refresh(self) -> None:
        """Fetch every key set once."""
        await asyncio.gather(*(key_set.refresh() for key_set in self.key_sets.values()))

    @property
    def fetched_at(self) -> float:
        """When the key set fetched longest ago was fetched, in seconds since the epoch."""
        return min(key_set.fetched_at for key_set in self.key_sets.values())

    def unready(self) -> str | None:
        """Why tokens of an issuer cannot be verified yet; None once there are keys of all."""
        for key_set in self.key_sets.values():
            if not key_set.ready:
                return ": ".join(filter(None, ("no key set yet", key_set.discovery_fault)))
        return None

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Fetch every key set now, and go on refreshing them in the background."""
        async with contextlib.AsyncExitStack() as stack:
            fresh = (key_set.kept_fresh() for key_set in self.key_sets.values())
            # all at once: one that is slow keeps nobody waiting for the others
            await asyncio.gather(*map(stack.enter_async_context, fresh))
            yield
