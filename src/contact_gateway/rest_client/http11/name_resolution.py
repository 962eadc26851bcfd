"""What addresses a name has: asked anew for each connection, and remembered for bad moments."""

import asyncio
import re
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

from contact_gateway.event_loop.second_try import with_second_try
from contact_gateway.event_loop.single_flight import SingleFlight

__all__ = ["Address", "LookUp", "NameResolution"]

_PATIENCE_SECONDS: Final = 0.5  # where there are addresses from before
_LONGEST_SECONDS: Final = 10.0
_REMEMBERED_SECONDS: Final = 300.0  # after that, they may be somebody else's
_MOST_NAMES: Final = 16  # a few hosts are in the settings, and in what they lead to
_LITERAL: Final = re.compile(r"[0-9.]+|.*:.*")

Address = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""As `socket.getaddrinfo` returns it."""

LookUp = Callable[[str, int], Awaitable[Sequence[Address]]]
"""The addresses of a host for a port, or any `OSError`."""


class NameResolution:
    """Looks names up, each once at a time, so that one that has moved is found at once.

    A look-up that is slow is begun once more. While none succeeds, the addresses of the last good
    one are used, for five minutes at the most, and nobody waits for more than half a second.
    """

    def __init__(self, look_up: LookUp, clock: Callable[[], float] = time.monotonic) -> None:
        self._look_up = look_up
        self._clock = clock
        self._names: dict[tuple[str, int], _Name] = {}

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """All addresses of `host`, at least one.

        Raises:
            OSError: it has none, or could not be looked up.
        """
        if _LITERAL.fullmatch(host):
            return await self._look_up(host, port)
        name = self._names.get((host, port))
        if name is None:
            if len(self._names) >= _MOST_NAMES:
                del self._names[next(iter(self._names))]
            ask = partial(self._look_up, host, port)
            name = self._names[host, port] = _Name(ask, self._clock)
        return await name.addresses()


class _Name:
    """One name, and what is known of it."""

    def __init__(
        self, look_up: Callable[[], Awaitable[Sequence[Address]]], clock: Callable[[], float]
    ) -> None:
        self._look_up = look_up
        self._clock = clock
        self._looking = SingleFlight(self._look)
        self._begun = 0.0
        self._known: Sequence[Address] = ()
        self._known_at = 0.0

    async def addresses(self) -> Sequence[Address]:
        """All of them; raises what looking them up raises."""
        if not self._looking.under_way:
            self._begun = self._clock()
        looking = self._looking.start()
        patience = self._begun + _PATIENCE_SECONDS - self._clock() if self._known else None
        # not cancelled with who waits for it: it is everybody's
        ended, _ = await asyncio.wait((looking,), timeout=patience)
        if ended and looking.exception() is None:
            return looking.result()
        if self._known and self._clock() - self._known_at <= _REMEMBERED_SECONDS:
            return self._known
        return await asyncio.shield(looking)

    async def _look(self) -> Sequence[Address]:
        async with asyncio.timeout(_LONGEST_SECONDS):
            found = await with_second_try(self._look_up)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        self._known, self._known_at = found, self._clock()
        return found
