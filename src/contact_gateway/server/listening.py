"""Sockets that listen: on one address or several, of both families, for callers or for probes."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from contact_gateway.settings import Settings

__all__ = ["ListenError", "Listeners", "accepting", "bind_all", "listen", "listen_on_all"]

_ACCEPTED_AT_ONCE: Final = 8
_QUEUED: Final = 2048


class ListenError(OSError):
    """An address cannot be listened on: it is taken, or is not one of this machine's.

    `setting` is the one whose port it is.
    """

    setting: str

    @classmethod
    def of(cls, error: OSError, setting: str) -> "ListenError":
        """What went wrong, and at whose port."""
        made = cls(error.errno, error.strerror)
        made.setting = setting
        return made


@dataclass(frozen=True, slots=True)
class Listeners:
    """What listens for callers, and what listens `aside` for health and metrics alone."""

    callers: Sequence[socket.socket]
    aside: Sequence[socket.socket] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Listeners":
        """Listen on every address of HOST, on PORT and on METRICS_PORT if that is set.

        Raises:
            ListenError: one of them cannot be listened on.
        """
        callers = listen_on_all(settings.host, settings.port, "PORT")
        if settings.metrics_port is None:
            return cls(callers)
        try:
            return cls(callers, listen_on_all(settings.host, settings.metrics_port, "METRICS_PORT"))
        except OSError:
            cls(callers).close()
            raise

    def accepting(self) -> list[socket.socket]:
        """The sockets to serve; connections of callers are taken several at a time."""
        return [*chain.from_iterable(map(accepting, self.callers)), *self.aside]

    def close(self) -> None:
        """Listen no longer."""
        for listener in (*self.callers, *self.aside):
            listener.close()


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address, port 0 for any free one; connections queue until they are served.

    Raises:
        OSError: the address is taken, or is not one of this machine's.
    """
    listener = _bound(host, port)
    try:
        listener.listen(_QUEUED)
    except OSError:
        listener.close()
        raise
    return listener


def listen_on_all(hosts: Sequence[str], port: int, setting: str) -> list[socket.socket]:
    """Listen on each of `hosts`, as `bind_all` binds to them."""
    listeners = bind_all(hosts, port, setting)
    try:
        for listener in listeners:
            listener.listen(_QUEUED)
    except OSError as error:
        Listeners(listeners).close()
        raise ListenError.of(error, setting) from error
    return listeners


def bind_all(hosts: Sequence[str], port: int, setting: str) -> list[socket.socket]:
    """Bind to each of `hosts`, to one port; port 0 is any that is free on the first of them.

    That alone tells who listens there already, and is in nobody's way. `::` takes IPv4 too unless
    there is an address of IPv4 beside it: the two would clash.

    Raises:
        ListenError: an address is taken, or is not one of this machine's; `setting` has the port.
    """
    both_families = all(":" in host for host in hosts)
    bound: list[socket.socket] = []
    try:
        for host in hosts:
            bound.append(_bound(host, port, both_families=both_families))
            port = bound[0].getsockname()[1]
    except OSError as error:
        Listeners(bound).close()
        raise ListenError.of(error, setting) from error
    return bound


def _bound(host: str, port: int, *, both_families: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            only = not (both_families and host == "::")
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        # in the words of `socket.create_server`, which has no way not to listen
        where = f"while attempting to bind on address {(host, port)!r}"
        raise OSError(error.errno, f"{error.strerror} ({where})") from error
    return bound


def accepting(listener: socket.socket) -> list[socket.socket]:
    """The sockets to serve in the place of `listener`: itself, several times.

    libuv accepts one connection from each socket in a turn of its loop (libuv/libuv pull request
    3696). With hundreds of requests under way, new callers would wait for seconds to be let in.
    """
    # not by `socket.dup`: that makes the socket block, in other workers that have it too
    others = (socket.socket(fileno=os.dup(listener.fileno())) for _ in range(_ACCEPTED_AT_ONCE - 1))
    return [listener, *others]
