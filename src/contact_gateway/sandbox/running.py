"""Running the sandbox: in a thread for a demo or a test, or in the foreground for the command."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import uvicorn

from contact_gateway.sandbox.database import Store
from contact_gateway.sandbox.protocol import SandboxProtocol
from contact_gateway.sandbox.received import ReceivedRequests, new_log
from contact_gateway.sandbox.rest_api import create_app
from contact_gateway.sandbox.token_issuer import TokenIssuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette

__all__ = ["Sandbox", "SandboxServer", "run"]

_HOST: Final = "127.0.0.1"
_BACKLOG: Final = 2048

# Longer than clients keep an idle connection, so that they never reuse one as it is being closed.
_KEEP_ALIVE_SECONDS: Final = 75


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that listens: where it is, and its parts for a test to look into.

    `url` has no slash at the end and is also the issuer of the tokens; `received` logs the requests
    below `/v1`; `store` holds the contact groups; `tokens` issues access tokens without HTTP.
    """

    url: str
    received: ReceivedRequests
    store: Store
    tokens: TokenIssuer


class SandboxServer:
    """A sandbox in a background thread, for as long as the `with` block lasts."""

    def __init__(self, port: int = 0, data: Path | None = None) -> None:
        """Prepare to listen on `port`, 0 for any free one, with the groups in `data` or in memory.

        Nothing is opened before the `with` block is entered.
        """
        self._port = port
        self._data = data
        self._stack = ExitStack()

    def __enter__(self) -> Sandbox:
        """Start serving. Raises OSError when the port is taken or the file cannot be used."""
        with ExitStack() as stack:
            sandbox, server, listener = stack.enter_context(_opened(self._port, self._data))
            stack.enter_context(_serving(server, listener))
            self._stack = stack.pop_all()
        return sandbox

    def __exit__(self, *_error: object) -> None:
        """Stop serving. Requests that the sandbox holds open are cut off."""
        self._stack.close()


def run(
    port: int = 8001,
    data: Path | None = None,
    *,
    announce: Callable[[Sandbox], object] = lambda _sandbox: None,
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM.

    `announce` is called once the port is open. Raises OSError as `SandboxServer` does.
    """
    with _opened(port, data) as (sandbox, server, listener):
        announce(sandbox)
        # uvicorn repeats the signal once it has stopped: for Ctrl-C that is nothing to report.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def _opened(
    port: int, data: Path | None
) -> Iterator[tuple[Sandbox, uvicorn.Server, socket.socket]]:
    # The port comes first: it is what fails most, and the issuer cannot be named without it. From
    # here on a connection is queued by the system, so nobody has to wait for the loop to start.
    with closing(socket.create_server((_HOST, port), backlog=_BACKLOG)) as listener:
        url = f"http://{_HOST}:{listener.getsockname()[1]}"
        with closing(Store(data)) as store:
            sandbox = Sandbox(url, new_log(), store, TokenIssuer(url))
            app = create_app(store, sandbox.tokens, sandbox.received)
            yield sandbox, uvicorn.Server(_configuration(app)), listener


@contextmanager
def _serving(server: uvicorn.Server, listener: socket.socket) -> Iterator[None]:
    thread = threading.Thread(
        target=server.run, args=([listener],), name="contact-gateway-sandbox", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _configuration(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=SandboxProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
