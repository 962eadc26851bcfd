"""For which customers a new token of the gateway's own was refused too, and how lately."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["RefusedCustomers"]

_SHORTEST_PAUSE: Final = 1.0  # seconds, for all: what helped one customer in vain helps no other
_LONGEST_PAUSE: Final = 10.0  # for a customer who is refused time and again
_MOST_CUSTOMERS: Final = 1000


class RefusedCustomers:
    """Says when to ask for another token is most likely in vain. `clock` is in seconds.

    The fault may be the token's, and pass in a moment; or the customer's, and last for ever: then
    renewals for that one become rare, and the others lose none of theirs.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = float("-inf")
        self._of: OrderedDict[int | None, tuple[float, float]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._of)

    def in_vain(self, customer: int | None) -> bool:
        """Whether a new token has helped nobody a second ago, or not this customer lately."""
        until, _ = self._of.get(customer, (self._until, 0.0))
        return self._clock() < max(until, self._until)

    def add(self, customer: int | None) -> None:
        """Note that a new token was refused, which doubles the pause of this customer."""
        _, pause = self._of.pop(customer, (0.0, _SHORTEST_PAUSE / 2))
        pause = min(2 * pause, _LONGEST_PAUSE)
        now = self._clock()
        self._until = now + _SHORTEST_PAUSE
        self._of[customer] = now + pause, pause
        if len(self._of) > _MOST_CUSTOMERS:
            self._of.popitem(last=False)

    def discard(self, customer: int | None) -> None:
        """Forget a customer for whom a token is accepted."""
        self._of.pop(customer, None)
