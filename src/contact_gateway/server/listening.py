"""Sockets that listen: on one address or several, of both families, for callers or for probes."""

import contextlib
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from contact_gateway.settings import Settings

__all__ = ["ListenError", "Listeners", "accepting", "listen", "listen_on_all"]

_ACCEPTED_AT_ONCE: Final = 8
_QUEUED: Final = 2048


class ListenError(OSError):
    """An address cannot be listened on: it is taken, or is not one of this machine's.

    `setting` is the one whose port it is.
    """

    setting: str


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


def listen(host: str, port: int, *, both_families: bool = False) -> socket.socket:
    """Listen on an address, port 0 for any free one; connections queue until they are served.

    With `both_families`, `::` takes IPv4 too.

    Raises:
        OSError: the address is taken, or is not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = both_families and host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=family, backlog=_QUEUED, dualstack_ipv6=both)


def listen_on_all(hosts: Sequence[str], port: int, setting: str) -> list[socket.socket]:
    """Listen on each of `hosts`, on one port; port 0 is any that is free on the first of them.

    `::` takes IPv4 too unless there is an address of IPv4 beside it: the two would clash.

    Raises:
        ListenError: as `listen`; `setting` is whose port it is.
    """
    without_ipv4 = all(":" in host for host in hosts)
    with contextlib.ExitStack() as stack:
        listeners: list[socket.socket] = []
        for host in hosts:
            try:
                listener = listen(host, port, both_families=without_ipv4)
            except OSError as error:
                failed = ListenError(*error.args)
                failed.setting = setting
                raise failed from error
            listeners.append(stack.enter_context(listener))
            port = listener.getsockname()[1]
        stack.pop_all()  # they stay open
    return listeners


def accepting(listener: socket.socket) -> list[socket.socket]:
    """The sockets to serve in the place of `listener`: itself, several times.

    libuv accepts one connection from each socket in a turn of its loop (libuv/libuv pull request
    3696). With hundreds of requests under way, new callers would wait for seconds to be let in.
    """
    # not by `socket.dup`: that makes the socket block, in other workers that have it too
    others = (socket.socket(fileno=os.dup(listener.fileno())) for _ in range(_ACCEPTED_AT_ONCE - 1))
    return [listener, *others]
