"""One circuit: closed it lets every call through; open, one probe after each pause."""

import math
from typing import Final

__all__ = ["FAILURES_TO_OPEN", "Circuit"]

FAILURES_TO_OPEN: Final = 5  # in a row
_FIRST_PAUSE: Final = 1.0  # seconds; doubled after each probe that fails
_LONGEST_CALL: Final = 300.0  # seconds, as settings allow


class Circuit:
    """The failures in a row of one customer, or of all, and what follows from them.

    Times are in seconds, and told by whoever asks. Permits are numbers that grow: a call that got
    its permit before the circuit last opened or closed says nothing about the present. `failures`
    are those in a row, and `unconnected` the last of them that could not even connect.
    """

    __slots__ = (
        "_changed",
        "_closed_at",
        "_longest_pause",
        "_open_until",
        "_pause",
        "_probe",
        "failures",
        "unconnected",
    )

    def __init__(self, longest_pause: float) -> None:
        self._longest_pause = longest_pause
        self._pause = _FIRST_PAUSE
        self._open_until: float | None = None
        self._probe: int | None = None
        self._changed = 0
        self._closed_at = -math.inf
        self.failures = self.unconnected = 0

    @property
    def is_open(self) -> bool:
        """Whether calls are refused, but for probes."""
        return self._open_until is not None

    @property
    def is_unreachable(self) -> bool:
        """Whether as many failures as open it could not even connect."""
        return self.unconnected >= FAILURES_TO_OPEN

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open` (a probe is under way)."""
        if self._open_until is None:
            return "closed"
        return "open" if self._probe is None else "half-open"

    def is_probed_by(self, permit: int) -> bool:
        """Whether it is open, and the call with this permit finds out how things are."""
        return self.is_open and self._probe == permit

    def refuses_for(self, now: float) -> int:
        """Whole seconds after which a call that is refused may come back; 0 if it is not."""
        if self._open_until is None:
            return 0
        left = self._open_until - now
        return max(1, math.ceil(left)) if left > 0 or self._probe is not None else 0

    def probe(self, permit: int) -> None:
        """Let the call with this permit find out how things are, and no other until it ends."""
        self._probe = permit

    def probe_abandoned(self, permit: int) -> None:
        """Let another call probe, if it was this one that did."""
        if self._probe == permit:
            self._probe = None

    def is_told_by(self, permit: int) -> bool:
        """Whether a call says anything about the present."""
        return permit >= self._changed

    def may_be_forgotten(self, now: float) -> bool:
        """Whether it tells nothing: no failure, and none to come of calls from when it was open."""
        return not (self.is_open or self.failures) and now - self._closed_at > _LONGEST_CALL

    def fails_by(self, permit: int) -> bool:
        """Whether a failure counts: while the circuit is open, that of the probe alone."""
        return self._probe == permit if self.is_open else self.is_told_by(permit)

    def succeeded(self) -> None:
        """Begin to count anew."""
        self.failures = self.unconnected = 0

    def note_connection(self, *, connected: bool) -> None:
        """Note of a failure whether there was a connection."""
        self.unconnected = 0 if connected else self.unconnected + 1

    def open(self, now: float, permit: int) -> None:
        """Refuse calls for a pause, twice as long as the last if it is open; `permit` is new."""
        if self.is_open:
            self._pause = min(self._pause * 2, self._longest_pause)
        self._open_until = now + self._pause
        self._probe, self._changed = None, permit

    def close(self, now: float, permit: int) -> None:
        """Let every call through again, and begin to count anew; `permit` is new."""
        self._open_until, self._pause = None, _FIRST_PAUSE
        self._closed_at = now
        self._probe, self._changed = None, permit
        self.succeeded()
