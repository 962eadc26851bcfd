"""Sockets and processes: what an application is served by, whatever it is."""

from contact_gateway.server.run import accepting, listen, serve, serve_on, server_config
from contact_gateway.server.workers import WorkersFailedError

__all__ = ["WorkersFailedError", "accepting", "listen", "serve", "serve_on", "server_config"]
