"""A tunnel through a proxy: CONNECT (RFC 9110 section 9.3.6) on a socket that leads to it."""

import asyncio
import re
import socket
from http import HTTPStatus
from typing import Final

import httptools

from contact_gateway.egress import ProxyError
from contact_gateway.forms.hosts import authority
from contact_gateway.forms.proxy_address import ProxyAddress
from contact_gateway.rest_client.http11.heads import Heads

__all__ = ["open_tunnel", "schemes_of"]

_MAX_HEAD_BYTES: Final = 16_384  # together with the 1xx responses before it
_READ: Final = 4096
_QUOTED: Final = re.compile(rb'"[^"]*"')
_SCHEME: Final = re.compile(rb"(?:^|,)[ \t]*([A-Za-z0-9-]{1,32})(?![A-Za-z0-9-]|[ \t]*=)")


async def open_tunnel(connected: socket.socket, proxy: ProxyAddress, host: str, port: int) -> None:
    """Ask the proxy for a tunnel to `host`: what is then sent on the socket goes there.

    Raises:
        ProxyError: it refuses, or does not answer as a proxy does.
        OSError: the connection to it was lost.
    """
    loop = asyncio.get_running_loop()
    target = authority(host, port)
    await loop.sock_sendall(connected, _request(target, proxy))
    heads, received = Heads(), 0
    while heads.status < HTTPStatus.OK:
        data = await loop.sock_recv(connected, _READ)
        received += len(data)
        if not data:
            raise ProxyError.confused(proxy, "closes the connection in place of an answer")
        if received > _MAX_HEAD_BYTES:
            raise ProxyError.confused(proxy, "does not come to the end of its answer")
        behind = _read(heads, data, proxy)
    if heads.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise ProxyError.refused(proxy, target, heads.status, schemes_of(heads.headers))
    if behind:  # the other end has to be spoken to first: nobody else may put words in its mouth
        raise ProxyError.confused(proxy, "sends what nobody has asked for")


def _request(target: str, proxy: ProxyAddress) -> bytes:
    line = target.encode("ascii")
    request = b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n" % (line, line)
    if proxy.authorization is not None:
        request += b"Proxy-Authorization: %s\r\n" % proxy.authorization
    return request + b"\r\n"


def _read(heads: Heads, data: bytes, proxy: ProxyAddress) -> bytes:
    """Read a final head and those before it, as far as they are here; what is behind the last."""
    heads.status = 0
    try:
        behind: bytes | None = data
        while behind and heads.status < HTTPStatus.OK:
            behind = heads.read(behind)
    except httptools.HttpParserError:
        raise ProxyError.confused(proxy, "does not answer in HTTP/1") from None
    return behind or b""


def schemes_of(headers: list[tuple[bytes, bytes]]) -> tuple[str, ...]:
    """The authentication schemes that a proxy asks for, in lower case."""
    challenges = (value for name, value in headers if name.lower() == b"proxy-authenticate")
    bare = (_QUOTED.sub(b"", value) for value in challenges)
    found = (scheme for value in bare for scheme in _SCHEME.findall(value))
    return tuple(dict.fromkeys(scheme.decode("ascii").lower() for scheme in found))
