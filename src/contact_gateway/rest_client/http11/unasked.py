"""Upstreams that answer when nobody has asked: how they are treated, and for how long."""

import time
from collections.abc import Callable
from typing import Final

import structlog

__all__ = ["Origin", "Unasked"]

_SECONDS: Final = 60.0

Origin = tuple[str, bytes]
"""Scheme, and host with port as in the Host header."""

_log = structlog.get_logger(__name__)


class Unasked:
    """Remembers which origins were caught at it, for a minute each; each minute is logged once.

    What they send too late could be taken for the answer to the next request, so they get one
    request on a connection meanwhile. `suspected` are those, each until when. `times` counts how
    often one was caught.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.suspected: dict[Origin, float] = {}
        self.times = 0

    def caught(self, origin: Origin) -> None:
        """Note that something came from `origin` which answers nobody."""
        self.times += 1
        if not self.suspects(origin):
            self.suspected[origin] = self._clock() + _SECONDS
            scheme, host = origin
            _log.warning("upstream_unasked", origin=f"{scheme}://{host.decode('ascii')}")

    def suspects(self, origin: Origin) -> bool:
        """Whether `origin` was caught within the last minute."""
        until = self.suspected.get(origin)
        if until is None:
            return False
        if self._clock() < until:
            return True
        del self.suspected[origin]
        return False
