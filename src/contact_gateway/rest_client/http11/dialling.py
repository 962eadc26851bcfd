"""Opening a connection: names, addresses, the proxy on the way, TLS."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Final, TypeVar

import httpx
from aiohappyeyeballs import start_connection

from contact_gateway.egress import EgressError, Explanations, ProxyError, WayOut
from contact_gateway.forms.proxy_address import ProxyAddress
from contact_gateway.rest_client.http11.name_resolution import Address, NameResolution
from contact_gateway.rest_client.http11.tunnels import open_tunnel

__all__ = ["Dialling", "Protocol"]

_BETWEEN_ADDRESSES: Final = 0.25  # seconds (RFC 8305 section 8)
_CONNECT_SECONDS: Final = 10.0  # and as many for TLS, where nobody waits for it any longer


Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)


class Dialling:
    """Connects to the host of a URL, over whichever of its addresses answers first.

    Where `way` has a proxy for the host, that is connected to, and looks up the name.
    """

    def __init__(self, way: WayOut | None = None) -> None:
        self._way = way or WayOut()
        self._explanations = Explanations()

    async def __call__(self, url: httpx.URL, protocol: Callable[[], Protocol]) -> Protocol:
        """Open one connection, with TLS for https.

        Raises:
            OSError: there is no such host, nobody listens, the proxy refuses, or TLS cannot be
                agreed on; an `EgressError` says which of the latter two.
        """
        secure = url.scheme == "https"
        host, _ = _address(url)
        connected = await self._connect(url)
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                protocol,
                sock=connected,
                ssl=self._way.tls if secure else None,
                server_hostname=host.rstrip(".") if secure else None,
                ssl_handshake_timeout=_CONNECT_SECONDS if secure else None,
            )
        except ssl.SSLError as error:
            raise await self.explained(url, error) from error
        return connection

    def change_way(self, way: WayOut) -> None:
        """Go another way from now on; what is known of names is kept."""
        self._way, self._explanations = way, Explanations()

    async def look_up(self, host: str, port: int) -> Sequence[Address]:
        """The addresses of a host as the system knows them at this moment.

        Raises:
            OSError: it knows none.
        """
        return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)

    @cached_property
    def _names(self) -> NameResolution:
        return NameResolution(self.look_up)

    def proxy_for(self, url: httpx.URL) -> ProxyAddress | None:
        """The proxy on the way to the host of a URL, if there is one."""
        return self._way.proxy_for(*_address(url)) if self._way.proxied else None

    def forwards(self, url: httpx.URL) -> ProxyAddress | None:
        """The proxy that is given the request itself, because nothing keeps it from reading it."""
        return self.proxy_for(url) if self._way.proxied and url.scheme == "http" else None

    async def explained(self, url: httpx.URL, error: ssl.SSLError) -> EgressError:
        """What an error of TLS with the host of a URL means; it is logged too."""
        host, port = _address(url)
        connect = partial(self._connect, url)
        certified = self._way.has_certificate
        return await self._explanations.of(error, host, port, connect, certified=certified)

    async def _connect(self, url: httpx.URL) -> socket.socket:
        """A socket on which the host of a URL, or its proxy for http, is spoken to."""
        host, port = _address(url)
        proxy = self.proxy_for(url)
        if proxy is None:
            return await self._connected(host, port)
        named = ProxyError.unreachable
        try:
            connected = await self._connected(proxy.host, proxy.port)
            named = ProxyError.unfinished
            if url.scheme == "https":
                await _tunnel(connected, proxy, host, port)
        except ProxyError as error:
            self._explanations.refused(error, host, port)
            raise
        except (OSError, RuntimeError, ValueError) as error:
            failure = named(proxy, error)
            self._explanations.refused(failure, host, port)
            raise failure from error
        return connected

    async def _connected(self, host: str, port: int) -> socket.socket:
        async with asyncio.timeout(_CONNECT_SECONDS):
            addresses = await self._names.addresses(host, port)
            connected = await start_connection(
                addresses, happy_eyeballs_delay=_BETWEEN_ADDRESSES, interleave=1
            )
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected


def _address(url: httpx.URL) -> tuple[str, int]:
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.raw_host.decode("ascii"), port


async def _tunnel(connected: socket.socket, proxy: ProxyAddress, host: str, port: int) -> None:
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            await open_tunnel(connected, proxy, host, port)
    except BaseException:
        connected.close()
        raise
