"""Opening a connection: addresses, TLS."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, TypeVar

import httpx
from aiohappyeyeballs import start_connection

from contact_gateway.rest_client.http11.name_resolution import Address, NameResolution

__all__ = ["Dialling", "Protocol"]

_BETWEEN_ADDRESSES: Final = 0.25  # seconds (RFC 8305 section 8)
_CONNECT_SECONDS: Final = 10.0  # and as many for TLS, where nobody waits for it any longer


Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)


class Dialling:
    """Connects to the host of a URL, over whichever of its addresses answers first."""

    async def __call__(self, url: httpx.URL, protocol: Callable[[], Protocol]) -> Protocol:
        """Open one connection, with TLS for https.

        Raises:
            OSError: there is no such host, nobody listens, or TLS cannot be agreed on.
        """
        secure = url.scheme == "https"
        host = url.raw_host.decode("ascii")
        loop = asyncio.get_running_loop()
        port = url.port or (443 if secure else 80)
        async with asyncio.timeout(_CONNECT_SECONDS):
            addresses = await self._names.addresses(host, port)
            connected = await start_connection(
                addresses, happy_eyeballs_delay=_BETWEEN_ADDRESSES, interleave=1
            )
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await loop.create_connection(
            protocol,
            sock=connected,
            ssl=self._tls if secure else None,
            server_hostname=host.rstrip(".") if secure else None,
            ssl_handshake_timeout=_CONNECT_SECONDS if secure else None,
        )
        return connection

    async def look_up(self, host: str, port: int) -> Sequence[Address]:
        """The addresses of a host as the system knows them at this moment.

        Raises:
            OSError: it knows none.
        """
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)

    @cached_property
    def _names(self) -> NameResolution:
        return NameResolution(self.look_up)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context
