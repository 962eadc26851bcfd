"""Running the sandbox: in a thread for a demo or a test, or in the foreground for the command."""

from __future__ import annotations

import ipaddress
import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import uvicorn

from contact_gateway.sandbox.database import Store
from contact_gateway.sandbox.next_faults import FaultQueue
from contact_gateway.sandbox.parts import Sandbox
from contact_gateway.sandbox.protocol import SandboxProtocol
from contact_gateway.sandbox.received import ReceivedRequests
from contact_gateway.sandbox.rest_api import Manner, create_app
from contact_gateway.sandbox.token_issuer import TokenIssuer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.applications import Starlette

__all__ = ["SandboxServer", "run", "url_of"]

LOOPBACK: Final = "127.0.0.1"
_AS_IT_IS: Final = Manner()
_BACKLOG: Final = 2048

# Longer than clients keep an idle connection, so that they never reuse one as it is being closed.
_KEEP_ALIVE_SECONDS: Final = 75


class SandboxServer:
    """A sandbox in a background thread, for as long as the `with` block lasts."""

    def __init__(
        self,
        port: int = 0,
        data: Path | None = None,
        *,
        host: str = LOOPBACK,
        manner: Manner = _AS_IT_IS,
    ) -> None:
        """Prepare to listen on `port`, 0 for any free one, with the groups in `data` or in memory.

        Nothing is opened before the `with` block is entered.
        """
        self._opened = partial(_opened, host, port, data, manner)
        self._stack = ExitStack()

    def __enter__(self) -> Sandbox:
        """Start serving. Raises OSError when the port is taken or the file cannot be used."""
        with ExitStack() as stack:
            sandbox, server, listener = stack.enter_context(self._opened())
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
    host: str = LOOPBACK,
    manner: Manner = _AS_IT_IS,
    announce: Callable[[Sandbox], object] = lambda _sandbox: None,
) -> None:
    """Serve in the foreground until SIGINT or SIGTERM.

    `announce` is called once the port is open. Raises OSError as `SandboxServer` does.
    """
    with _opened(host, port, data, manner) as (sandbox, server, listener):
        announce(sandbox)
        # uvicorn repeats the signal once it has stopped: for Ctrl-C that is nothing to report.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


@contextmanager
def _opened(
    host: str, port: int, data: Path | None, manner: Manner
) -> Iterator[tuple[Sandbox, uvicorn.Server, socket.socket]]:
    # The port comes first: it is what fails most, and the issuer cannot be named without it. From
    # here on a connection is queued by the system, so nobody has to wait for the loop to start.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.create_server((host, port), family=family, backlog=_BACKLOG)) as listener:
        url = url_of(listener)
        with closing(Store(data)) as store:
            sandbox = Sandbox(url, ReceivedRequests(), store, TokenIssuer(url), FaultQueue())
            app = create_app(sandbox, manner)
            yield sandbox, uvicorn.Server(_configuration(app)), listener


def url_of(listener: socket.socket) -> str:
    """How what listens is called on this machine, which reaches all addresses by loopback."""
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "::1" if ":" in host else LOOPBACK
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
