"""A circuit breaker: after failures in a row, nothing is sent until a probe has come through."""

import math
from collections.abc import Callable

from contact_gateway.rest_client.problems import CircuitOpenError

__all__ = ["Breaker"]

_FAILURES_TO_OPEN = 5
_FIRST_PAUSE = 1.0  # seconds; doubled after each probe that fails
_LONGEST_PAUSE = 30.0


class Breaker:
    """Counts failures in a row and decides whether a call may be made.

    A call asks with `admit` and reports once, with the permit that it got: how a call ended that
    began before the circuit last opened or closed says nothing about the present, and is ignored.
    `clock` is in seconds. `failures` and `opened` are counters, `state` is for display.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._permit = 0
        self._open_until: float | None = None
        self._probing = False
        self._pause = _FIRST_PAUSE
        self.failures = 0
        self.opened = 0

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open` (a probe is under way)."""
        if self._open_until is None:
            return "closed"
        return "half-open" if self._probing else "open"

    def check(self) -> None:
        """Raise `CircuitOpenError` where `admit` would; nothing is claimed."""
        if self._open_until is None:
            return
        left = self._open_until - self._clock()
        if self._probing or left > 0:
            raise CircuitOpenError(max(1, math.ceil(left)))

    def admit(self) -> int:
        """A permit for one call; while the circuit is open, for one probe at a time.

        Raises:
            CircuitOpenError: not now.
        """
        if self._open_until is not None:
            self.check()
            self._probing = True
        return self._permit

    def succeeded(self, permit: int) -> None:
        """The upstream answered."""
        if permit != self._permit:
            return
        self.failures = 0
        if self._open_until is not None:
            self._open_until = None
            self._pause = _FIRST_PAUSE
            self._begin_anew()

    def failed(self, permit: int) -> None:
        """The upstream did not answer, or somebody answered for it."""
        if permit != self._permit:
            return
        self.failures += 1
        if self._open_until is not None:
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        elif self.failures < _FAILURES_TO_OPEN:
            return
        self._open_until = self._clock() + self._pause
        self.opened += 1
        self._begin_anew()

    def abandoned(self, permit: int) -> None:
        """The call ended without a word about the upstream; the next may probe in its place."""
        if permit == self._permit:
            self._probing = False

    def _begin_anew(self) -> None:
        self._permit += 1
        self._probing = False
