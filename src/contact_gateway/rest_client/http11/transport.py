"""HTTP/1.1 to the upstream: an httpx transport with connections of its own.

httpx's own pool dies of cancelled calls and hands surplus bytes of one response to the next caller
(measured with httpx 0.28.1 over httpcore 1.0.9); aiohttp's takes an unasked response for the
answer to the next request (aio-libs/aiohttp issue 13656), and took a third of a mutation's CPU. It
also tells apart what the caller of a write must know: never sent, sent but not answered, answered.
"""

import asyncio
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Final, cast

import httpx

from contact_gateway.egress import EgressError, ProxyError, WayOut
from contact_gateway.forms.proxy_address import ProxyAddress
from contact_gateway.rest_client.call import INCOMPLETE, TARGET, EndedAtRestError, Terms
from contact_gateway.rest_client.http11.dialling import Dialling
from contact_gateway.rest_client.http11.exchange import Connection, ExchangeError, Received
from contact_gateway.rest_client.http11.pool import AGE_SECONDS, IDLE_SECONDS, Connections, Key
from contact_gateway.rest_client.http11.tunnels import schemes_of

__all__ = ["HTTP11Transport"]

_PROXY_AUTHENTICATION_REQUIRED: Final = HTTPStatus.PROXY_AUTHENTICATION_REQUIRED.value


class HTTP11Transport(httpx.AsyncBaseTransport):
    """Sends one request and reads one answer, at most 1 MiB of it.

    It ends before the deadline of the request's `Terms`. An answer whose body did not come through
    has no content and says why in `extensions[INCOMPLETE]`; its status counts all the same. A
    connection serves requests of one customer; idle ones are closed before there are more than
    `most_connections`, after `keepalive` seconds, or sooner where the upstream says so. None is
    used again that is as old as `age` in seconds. `way` is how to get to where the requests go;
    `renew` takes another.
    """

    def __init__(
        self,
        most_connections: int = 8,
        *,
        way: WayOut | None = None,
        keepalive: float = IDLE_SECONDS,
        age: float = AGE_SECONDS,
        dial: Dialling | None = None,
    ) -> None:
        self._dial = dial or Dialling(way)
        self._pool = partial(Connections, most_connections, keepalive, age_seconds=age)
        self._connections = self._pool(dial=self._dial)

    def renew(self, way: WayOut) -> None:
        """Send over new connections from now on; requests under way keep those that they have."""
        if self._connections.closed:
            return
        old = self._connections
        self._dial.change_way(way)
        self._connections = self._pool(dial=self._dial)
        self._connections.unasked = old.unasked
        old.close()

    @property
    def unasked(self) -> int:
        """How often an upstream was caught sending what nobody had asked for."""
        return self._connections.unasked.times

    def can_carry(self, url: httpx.URL, customer: int) -> bool:
        """Whether an idle connection could carry a call of `customer` to the host of `url`."""
        return self._connections.has((url.scheme, url.netloc, customer))

    async def aclose(self) -> None:
        """Close every connection."""
        self._connections.close()
        await asyncio.sleep(0)  # in which the event loop lets go of them

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`, whose content is already in memory, and read the whole answer.

        Raises:
            httpx.ConnectError: no connection in time; nothing was sent.
            httpx.UnsupportedProtocol: it cannot be sent, now or as it is; nothing was.
            httpx.RemoteProtocolError: something was sent, and no status line and headers came back;
                an `EndedAtRestError` if it may have come too late to an idle connection.
        """
        if self._connections.closed:
            raise httpx.UnsupportedProtocol("the connection pool is closed")
        terms = Terms.of(request)
        url = request.url
        proxy = self._dial.forwards(url)
        message = _message(request, proxy)
        key = url.scheme, url.netloc, terms.customer
        connections = self._connections
        connection = connections.take(key)
        kept = connection is not None
        while True:
            if connection is None:
                if connections is not self._connections:
                    connections = self._connections
                    proxy = self._dial.forwards(url)
                    message = _message(request, proxy)
                connection = await self._open(key, url, terms.deadline)
            try:
                received = await connection.exchange(message, terms.deadline)
            except ExchangeError as error:
                if error.sent:
                    lost = EndedAtRestError if error.at_rest else httpx.RemoteProtocolError
                    raise lost(str(error)) from error
                if not kept:
                    cause = await self._cause(error, url, terms.deadline)
                    raise httpx.ConnectError(str(cause)) from cause
            else:
                if proxy is not None and received.status == _PROXY_AUTHENTICATION_REQUIRED:
                    raise _refused(proxy, url, received)
                return _response(received)
            finally:
                connections.give_back(key, connection)
            # it ended before anything was sent: another serves, if there is time left
            in_time = time.monotonic() < terms.deadline
            connection = connections.take(key) if in_time else None
            kept = connection is not None

    async def _open(self, key: Key, url: httpx.URL, deadline: float) -> Connection:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await self._connections.another(key, url)
        except EgressError as error:
            raise httpx.ConnectError(str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:  # all that connecting may raise
            proxy = self._dial.proxy_for(url)
            if proxy is None:
                raise httpx.ConnectError(type(error).__name__) from error
            failure = ProxyError.unfinished(proxy, error)
            raise httpx.ConnectError(str(failure)) from failure

    async def _cause(self, error: ExchangeError, url: httpx.URL, deadline: float) -> Exception:
        """Why nothing was sent on a new connection: what is wrong with TLS, if that is it."""
        if error.alert is None:
            return error
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline - time.monotonic()):
                return await self._dial.explained(url, error.alert)
        return error


def _message(request: httpx.Request, proxy: ProxyAddress | None) -> bytes:
    """A request as it is sent, perhaps to a proxy that is to forward it (RFC 9112 section 3.2.2).

    Raises:
        httpx.UnsupportedProtocol: a header would end its line, and be followed by one that nobody
            has set.
    """
    # httpx's `ByteStream`, which all of ours are, is of both kinds
    content = b"".join(cast("httpx.SyncByteStream", request.stream))
    target = request.extensions.get(TARGET) or request.url.raw_path
    if proxy is not None:
        target = b"http://%s%s" % (request.url.netloc, target)
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), target)]
    lines += map(b": ".join, request.headers.raw)
    if proxy is not None and proxy.authorization is not None:
        lines.append(b"Proxy-Authorization: " + proxy.authorization)
    head = b"\r\n".join(lines)
    if len(head) - len(head.translate(None, b"\r\n\0")) != len(b"\r\n") * (len(lines) - 1):
        raise httpx.UnsupportedProtocol("a header that cannot be sent")
    return b"%s\r\n\r\n%s" % (head, content)


def _refused(proxy: ProxyAddress, url: httpx.URL, received: Received) -> httpx.ConnectError:
    """The answer that is surely the proxy's own; any other may be that of the host behind it."""
    target, schemes = url.netloc.decode("ascii"), schemes_of(received.headers)
    cause = ProxyError.refused(proxy, target, received.status, schemes)
    error = httpx.ConnectError(str(cause))
    error.__cause__ = cause
    return error


def _response(received: Received) -> httpx.Response:
    incomplete = received.incomplete
    return httpx.Response(
        received.status,
        headers=received.headers,  # as bytes, because httpx encodes text as ASCII only
        # a stream, because httpx reads content at once, and nobody reads that of a success
        stream=httpx.ByteStream(b"" if incomplete else bytes(received.content)),
        extensions={INCOMPLETE: incomplete} if incomplete else {},
    )
