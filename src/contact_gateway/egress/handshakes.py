"""Looking at a server once more after TLS with it has failed, without believing it: to say why."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from cryptography import x509

from contact_gateway.egress.obstacles import TLSError
from contact_gateway.egress.tls_reasons import Seen, explain
from contact_gateway.forms.hosts import authority

__all__ = ["Explanations"]

_SECONDS: Final = 2.0  # for a look
_REMEMBERED_SECONDS: Final = 60.0
_MOST_REMEMBERED: Final = 64
_MOST_BYTES: Final = 262_144
_READ: Final = 16_384

Connect = Callable[[], Awaitable[socket.socket]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    error: TLSError
    until: float


class Explanations:
    """Says why TLS failed, having looked at the server once a minute at the most.

    Each is logged when it is made, and used meanwhile for every failure that is the same.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._remembered: dict[tuple[str, int, str], _Remembered] = {}

    async def of(
        self, error: ssl.SSLError, host: str, port: int, connect: Connect, *, certified: bool
    ) -> TLSError:
        """What `error` means, which came of TLS with a server.

        `connect` opens another connection to it; `certified` is whether it was shown a certificate.
        """
        key = host, port, str(error)
        known = self._remembered.get(key)
        if known is not None and self._clock() < known.until:
            return known.error
        seen = await _look(host, connect)
        explained = explain(error, seen, host, authority(host, port), certified=certified)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = _Remembered(explained, self._clock() + _REMEMBERED_SECONDS)
        _log.warning(
            "tls_failed",
            server=authority(host, port),
            fault=explained.fault,
            reason=str(explained),
            **explained.fields,
        )
        return explained


async def _look(host: str, connect: Connect) -> Seen:
    """What a server shows to anybody; nothing where it shows nothing in time."""
    try:
        async with asyncio.timeout(_SECONDS):
            with contextlib.closing(await connect()) as connected:
                return await _handshake(host, connected)
    except (OSError, RuntimeError, ValueError):  # all that connecting may raise
        return Seen()


async def _handshake(host: str, connected: socket.socket) -> Seen:
    loop = asyncio.get_running_loop()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = _credulous().wrap_bio(incoming, outgoing, server_hostname=host)
    received, ended = 0, False
    while not ended and received < _MOST_BYTES:
        try:
            tls.do_handshake()
            ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            ended = True
        if outgoing.pending:
            await loop.sock_sendall(connected, outgoing.read())
        if not ended:
            data = await loop.sock_recv(connected, _READ)
            received += len(data)
            incoming.write(data) if data else incoming.write_eof()
    return Seen(tls.version(), agreed=tls.cipher() is not None, chain=_chain(tls))


def _credulous() -> ssl.SSLContext:
    """A context that agrees to anything: no byte is ever sent over what it agrees to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _chain(tls: ssl.SSLObject) -> tuple[x509.Certificate, ...]:
    """The certificates that were shown, the server's own first; before Python 3.13 that alone."""
    try:
        shown = tls.getpeercert(binary_form=True)
        every = getattr(tls, "get_unverified_chain", list)() or [shown]
        return tuple(x509.load_der_x509_certificate(each) for each in every if each)
    except Exception:  # noqa: BLE001 - what libraries raise at odd certificates is no short list
        return ()
