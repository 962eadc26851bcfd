"""The HTTP server of one process: uvicorn's, stopped in an order that loses no request."""

import asyncio
import contextlib
import signal
import socket
from types import FrameType
from typing import Protocol, runtime_checkable

import structlog
import uvicorn

from contact_gateway.event_loop.held_signals import release
from contact_gateway.server.service_manager import Told
from contact_gateway.settings import FilesError

__all__ = ["Drains", "Reloads", "Server"]

_SECONDS_FOR_LAST_REQUESTS = 0.1
_TICK_SECONDS = 0.1
_TICKS_PER_SECOND = 10

_log = structlog.get_logger(__name__)


@runtime_checkable
class Drains(Protocol):
    """What tells a load balancer whether to send requests here.

    An application leaves it in the lifespan state (ASGI lifespan protocol), by any name.
    """

    def drain(self) -> None:
        """From now on, say that no more requests should come."""


@runtime_checkable
class Reloads(Protocol):
    """What has read files, and reads them anew on SIGHUP.

    An application leaves it in the lifespan state (ASGI lifespan protocol), by the name that the
    log is to have for it.
    """

    def reload(self) -> None:
        """Read them anew; what cannot be read raises, and leaves everything as it was.

        It runs on a thread of its own, so that requests go on meanwhile.
        """


class Server(uvicorn.Server):
    """Serves until a signal. SIGINT stops at once; SIGTERM lets load balancers look away first.

    On SIGTERM the application turns unready and goes on serving for `pause` seconds, with
    `Connection: close` on every reply. Then nothing new is accepted, and what is in flight, or on
    its way over a connection that was made in time, is finished. A second signal ends the pause.
    Signals that were held come as soon as it takes them. `told` is told of all that.
    """

    def __init__(self, config: uvicorn.Config, *, pause: float, told: Told) -> None:
        super().__init__(config)
        self._pause = pause
        self._told = told
        self._pausing = False
        self._to_reload = False
        self._reloading: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Remember which signal it was: uvicorn calls this for SIGINT and SIGTERM."""
        self._pausing = sig == signal.SIGTERM and not self.should_exit
        super().handle_exit(sig, frame)

    def reload(self, *_: object) -> None:
        """Have the application read its files anew, soon; it may be called by a signal."""
        self._to_reload = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, unless somebody has said meanwhile to stop: uvicorn takes signals by now."""
        release()
        if not self.should_exit:
            await super().startup(sockets)
        if self.started:
            self._told.serving()

    async def main_loop(self) -> None:
        """Serve until a signal, and through the pause that follows a SIGTERM."""
        await super().main_loop()
        self._told.stopping()
        if self._pausing:
            for part in self.lifespan.state.values():
                if isinstance(part, Drains):
                    part.drain()
            await self._serve_on()

    async def on_tick(self, counter: int) -> bool:
        """Do what is done ten times a second: begin to reload, if that is asked for."""
        if self._to_reload and (self._reloading is None or self._reloading.done()):
            self._to_reload = False
            self._reloading = asyncio.create_task(self._reload())
        return await super().on_tick(counter)

    async def _reload(self) -> None:
        self._told.reloading()
        reloaded, failed = [], False
        for name, part in self.lifespan.state.items():
            if isinstance(part, Reloads):
                try:
                    await asyncio.to_thread(part.reload)
                except Exception as error:  # noqa: BLE001 - whatever it is, the old files serve on
                    failed = True
                    # other messages may quote what is in a file
                    why = {"reason": str(error)} if isinstance(error, FilesError) else {}
                    mend = "contact-gateway check says what is wrong"
                    error_type = type(error).__name__
                    _log.error("reload_failed", what=name, error=error_type, mend=mend, **why)
                else:
                    reloaded.append(name)
        if reloaded or not failed:
            _log.info("reloaded", what=reloaded)
        self._told.serving()

    async def _serve_on(self) -> None:
        self.config.encoded_headers.append((b"connection", b"close"))
        now = asyncio.get_running_loop().time
        end = now() + self._pause
        ticks = 0
        while self._pausing and now() < end:
            await self.on_tick(ticks % _TICKS_PER_SECOND)  # what keeps the Date header true
            await asyncio.sleep(min(_TICK_SECONDS, max(0, end - now())))
            ticks += 1

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, wait for the requests of those who were accepted last, and finish."""
        loop = asyncio.get_running_loop()
        for connection in self._last_connections(sockets or []):
            await loop.connect_accepted_socket(self._protocol, connection)
        # a load balancer that has just connected is about to send; closing would lose its request
        await asyncio.sleep(_SECONDS_FOR_LAST_REQUESTS)
        await super().shutdown(sockets)

    def _last_connections(self, listeners: list[socket.socket]) -> list[socket.socket]:
        """Stop listening; those whom the kernel has let in, whom closing alone would reset."""
        waiting = []
        for listener in listeners:
            listener.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    waiting.append(listener.accept()[0])
        for server in self.servers:
            server.close()
        return waiting

    def _protocol(self) -> asyncio.Protocol:
        """What uvicorn speaks with on a connection that it accepts."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
