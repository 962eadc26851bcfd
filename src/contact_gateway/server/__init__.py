"""Sockets and processes: what an application is served by, whatever it is."""

from contact_gateway.server.listening import (
    ListenError,
    Listeners,
    accepting,
    bind_all,
    listen,
)
from contact_gateway.server.run import serve, serve_on, server_config
from contact_gateway.server.workers import WorkersFailedError

__all__ = [
    "ListenError",
    "Listeners",
    "WorkersFailedError",
    "accepting",
    "bind_all",
    "listen",
    "serve",
    "serve_on",
    "server_config",
]
