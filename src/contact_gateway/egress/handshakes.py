"""Why something does not go out: where TLS has failed, from a look that believes nothing."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog
from cryptography import x509

from contact_gateway.egress.obstacles import ProxyError, TLSError
from contact_gateway.egress.tls_reasons import Reason, Seen, explain
from contact_gateway.event_loop.single_flight import SingleFlights
from contact_gateway.forms.hosts import authority

__all__ = ["Explanations"]

_SECONDS: Final = 2.0  # for a look
_REMEMBERED_SECONDS: Final = 60.0
_MOST_REMEMBERED: Final = 64
_MOST_BYTES: Final = 262_144
_READ: Final = 16_384

Key = TypeVar("Key")
Value = TypeVar("Value")

_Failure = tuple[str, int, str]
"""Host, port, and OpenSSL's words."""

Connect = Callable[[], Awaitable[socket.socket]]

_log = structlog.get_logger(__name__)


class Explanations:
    """Says why something does not go out, and logs it once a minute at the most for each reason.

    To say why TLS failed, it looks at the server, once a minute at the most too.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looking: SingleFlights[_Failure, Reason] = SingleFlights()
        self._known: dict[_Failure, tuple[Reason, float]] = {}
        self._told: dict[str, float] = {}

    async def of(
        self, error: ssl.SSLError, host: str, port: int, connect: Connect, *, certified: bool
    ) -> TLSError:
        """What `error` means, which came of TLS with a server.

        `connect` opens another connection to it; `certified` is whether it was shown a certificate.
        """
        failure = host, port, str(error)
        reason, until = self._known.get(failure, (None, 0.0))
        if reason is None or self._clock() >= until:

            async def look() -> Reason:
                seen = await _look(host, connect)
                return explain(error, seen, host, authority(host, port), certified=certified)

            reason = await self._looking.join(failure, look)
            _keep(self._known, failure, (reason, self._clock() + _REMEMBERED_SECONDS))
        self._tell("tls_failed", reason.sentence, host, port, fault=reason.fault, **reason.fields)
        return TLSError(f"{type(error).__name__}: {reason.sentence}", reason.advice)

    def refused(self, error: ProxyError, host: str, port: int) -> None:
        """Note that the proxy does not lead to a host."""
        self._tell("proxy_failed", str(error), host, port)

    def _tell(self, event: str, reason: str, host: str, port: int, **fields: str) -> None:
        now = self._clock()
        if now >= self._told.get(reason, 0.0):
            _keep(self._told, reason, now + _REMEMBERED_SECONDS)
            _log.warning(event, server=authority(host, port), reason=reason, **fields)


def _keep(memory: dict[Key, Value], key: Key, value: Value) -> None:
    """Remember something; whoever fills the memory forgets all the rest."""
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


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
