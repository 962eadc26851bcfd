"""Faults that a test asks for: how the next calls of any group or customer end."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from contact_gateway.sandbox.problem_documents import Problem
from contact_gateway.sandbox.scenarios import Fault

__all__ = ["FaultQueue", "NextFault", "PlannedAnswer"]

_MOST_FAULTS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class PlannedAnswer:
    """An answer that was asked for; `headers` may repeat a name."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class NextFault:
    """How the next call that fits ends; what is None fits every call.

    `end` is an answer or a way to misbehave, and None where the call is answered as ever. It comes
    `delay` seconds late. Where the change is `applied`, it is made first, and when the API refuses
    it, its refusal is the answer.
    """

    method: str | None = None
    group: int | None = None
    customer: int | None = None
    end: PlannedAnswer | Problem | Fault | None = None
    delay: float = 0.0
    applied: bool = False

    def fits(self, method: str, groups: frozenset[int], customer: int | None) -> bool:
        """Whether it is for a call with this method, about these groups, of this customer."""
        return (
            self.method in {None, method}
            and (self.group is None or self.group in groups)
            and (self.customer is None or self.customer == customer)
        )


@dataclass
class _Waiting:
    fault: NextFault
    left: int


class FaultQueue:
    """The faults that wait for calls, the oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def add(self, fault: NextFault, times: int = 1) -> bool:
        """Let the next `times` calls that fit end so; False when too many faults wait already."""
        with self._lock:
            if len(self._waiting) >= _MOST_FAULTS:
                return False
            self._waiting.append(_Waiting(fault, times))
        return True

    def take(self, method: str, groups: frozenset[int], customer: int | None) -> NextFault | None:
        """The fault for this call, once less from now on; None if the call is answered as ever."""
        with self._lock:
            for waiting in self._waiting:
                if waiting.fault.fits(method, groups, customer):
                    waiting.left -= 1
                    if not waiting.left:
                        self._waiting.remove(waiting)
                    return waiting.fault
        return None

    def forget(self, customer: int | None = None) -> None:
        """Forget the faults for this customer, or all of them."""
        with self._lock:
            self._waiting = [
                waiting
                for waiting in self._waiting
                if customer is not None and waiting.fault.customer != customer
            ]
