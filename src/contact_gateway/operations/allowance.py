"""How much reading documents may cost, where anyone can send one and nobody knows who it was."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from contact_gateway.settings import Settings, TokenVerification

__all__ = ["ReadingAllowance", "UnseenTooOftenError", "reading_allowance_of"]

_SHARE = 0.1
_BURST = 2.0


class UnseenTooOftenError(Exception):
    """No document may be read for now; `seconds`, a whole number, until the next may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class ReadingAllowance:
    """A tenth of one core, and 2 seconds of CPU at once: a bucket of CPU time that fills again.

    CPU time and not a number, because one document costs a hundred times what another does. What
    fits into the burst is what a new release of a client brings: some 500 documents of the usual
    size; after it, 25 a second. `clock` is monotonic, `cpu` that of this thread, in seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._cpu = cpu
        self._left = _BURST
        self._filled_at = clock()

    @contextmanager
    def spent(self) -> Iterator[None]:
        """Read a document in this block.

        Raises:
            UnseenTooOftenError: not now.
        """
        now = self._clock()
        self._left = min(_BURST, self._left + (now - self._filled_at) * _SHARE)
        self._filled_at = now
        if self._left <= 0:
            raise UnseenTooOftenError(max(1, math.ceil(-self._left / _SHARE)))
        started = self._cpu()
        try:
            yield
        finally:
            self._left -= self._cpu() - started


def reading_allowance_of(settings: Settings) -> ReadingAllowance | None:
    """What may be spent on documents, if that has to be bounded for all callers together.

    Where any token will do, whoever cares to sends documents without end. Callers who are verified
    have a name, in the log and for RATE_LIMIT.
    """
    anyone = settings.token_verification is TokenVerification.UPSTREAM
    return ReadingAllowance() if anyone else None
