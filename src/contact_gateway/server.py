"""The HTTP server of one process: uvicorn's, stopped in an order that loses no request."""

import asyncio
import signal
from types import FrameType
from typing import Protocol

import uvicorn

__all__ = ["READINESS", "Drains", "Server"]

READINESS = "readiness"
"""Where the application leaves its `Drains` in the lifespan state (ASGI lifespan protocol)."""

_TICK_SECONDS = 0.1
_TICKS_PER_SECOND = 10


class Drains(Protocol):
    """Whoever tells a load balancer whether to send requests here."""

    def drain(self) -> None:
        """From now on, say that no more requests should come."""


class Server(uvicorn.Server):
    """Serves until a signal. SIGINT stops at once; SIGTERM lets load balancers look away first.

    On SIGTERM the application turns unready and goes on serving for `pause` seconds, with
    `Connection: close` on every reply. Then nothing new is accepted, and what is in flight is
    finished. A second signal ends the pause.
    """

    def __init__(self, config: uvicorn.Config, *, pause: float) -> None:
        super().__init__(config)
        self._pause = pause
        self._pausing = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Remember which signal it was: uvicorn calls this for SIGINT and SIGTERM."""
        self._pausing = sig == signal.SIGTERM and not self.should_exit
        super().handle_exit(sig, frame)

    async def main_loop(self) -> None:
        """Serve until a signal, and through the pause that follows a SIGTERM."""
        await super().main_loop()
        if self._pausing:
            self.lifespan.state[READINESS].drain()
            await self._serve_on()

    async def _serve_on(self) -> None:
        self.config.encoded_headers.append((b"connection", b"close"))
        now = asyncio.get_running_loop().time
        end = now() + self._pause
        ticks = 0
        while self._pausing and now() < end:
            await self.on_tick(ticks % _TICKS_PER_SECOND)  # what keeps the Date header true
            await asyncio.sleep(min(_TICK_SECONDS, max(0, end - now())))
            ticks += 1
