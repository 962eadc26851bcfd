"""Running the gateway: one configuration of uvicorn, for the demo and for production."""

import contextlib
import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from contact_gateway.app import build_app
from contact_gateway.logs import configure_logs
from contact_gateway.settings import Settings

__all__ = ["listen", "serve", "serve_on", "server_config"]


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address, port 0 for any free one; connections queue until they are served.

    Raises:
        OSError: the address is taken, or is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def server_config(app: Starlette | str, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves `app`, an application or the name of a factory."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http="httptools",  # h11 accepts Content-Length together with Transfer-Encoding
        ws="none",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
    )


def serve(settings: Settings) -> None:
    """Serve the gateway that the environment describes until SIGINT or SIGTERM."""
    # by name, because each worker process builds its own
    config = server_config("contact_gateway.app:build_app_from_environment", settings)
    if settings.workers == 1:
        uvicorn.Server(config).run()
    else:
        Multiprocess(config, sockets=[config.bind_socket()]).run()


def serve_on(listener: socket.socket, settings: Settings) -> None:
    """Serve the gateway of `settings` on a socket that already listens, in this process."""
    configure_logs(settings.log_level, settings.log_format)
    # uvicorn repeats the signal once it has stopped: for Ctrl-C that is nothing to report
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(server_config(build_app(settings), settings)).run(sockets=[listener])
