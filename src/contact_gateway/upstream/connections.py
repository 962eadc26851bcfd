"""The pool of connections to the upstream."""

from typing import Any

import aiohttp
from aiohttp.connector import Connection

__all__ = ["Connections", "NoCleanConnectionError"]


class NoCleanConnectionError(aiohttp.ClientConnectionError):
    """Every connection had bytes on it that nobody had asked for."""


class Connections(aiohttp.TCPConnector):
    """A pool that hands out no connection on which somebody's late bytes wait to be read.

    aiohttp looks only at whether an idle connection is still open. A response that the server
    sends without being asked would be taken for the answer to the next request, which may be
    another customer's (aio-libs/aiohttp issue 13656, seen with 3.14.5).
    """

    async def connect(self, *arguments: Any, **options: Any) -> Connection:
        """A connection, idle or new, on which nothing is left over.

        Raises:
            NoCleanConnectionError: there is none.
        """
        for _ in range(self.limit + 1):  # each idle one may be bad, and then comes a new one
            connection = await super().connect(*arguments, **options)
            if connection.protocol is not None and not connection.protocol.should_close:
                return connection
            connection.close()
        raise NoCleanConnectionError
