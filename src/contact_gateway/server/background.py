"""Serving an application in a thread, for as long as a block lasts: for tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from contact_gateway.server.connection import HTTPConnection
from contact_gateway.server.run import accepting, listen, server_config
from contact_gateway.settings import Settings

__all__ = ["NotStartedError", "serving"]


class NotStartedError(Exception):
    """The server has ended before it was ready; the log says why."""


class _Server(uvicorn.Server):
    """Says when it is ready, or has ended without."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.decided = threading.Event()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, and say so."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self.decided.set()

    def run_to_the_end(self, sockets: list[object]) -> None:
        """Serve until somebody says to stop."""
        try:
            self.run(sockets)  # type: ignore[arg-type]
        finally:
            self.decided.set()


@contextmanager
def serving(
    app: ASGIApp,
    settings: Settings,
    connection: type[HTTPConnection] = HTTPConnection,
    port: int = 0,
) -> Iterator[str]:
    """Serve an application as `serve` does, on a port of loopback, 0 for any, and say its URL.

    It is ready when the block begins. Logs and signals are left as they are.

    Raises:
        NotStartedError: it has ended before it was ready.
    """
    with listen("127.0.0.1", port) as listener:
        server = _Server(server_config(app, settings, connection))
        thread = threading.Thread(
            target=server.run_to_the_end,
            args=(accepting(listener),),
            name="contact-gateway",
            daemon=True,
        )
        thread.start()
        server.decided.wait()
        if not server.started:
            raise NotStartedError
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
