"""How many calls may be repeats: token buckets, so that a failing upstream is not buried."""

from collections import OrderedDict
from typing import Final

__all__ = ["RetryBudget"]

_PRICE: Final = 1000  # of a repeat, so that each call can pay back any part of it
_LEFT_TO_OTHERS: Final = 4
_MOST_CUSTOMERS: Final = 1000  # about 100 KB


class RetryBudget:
    """Lets a share of the calls be repeated, and some more at a time when others were not.

    Of n calls of a customer with as many failures as there can be, at most n * `share` + `reserve`
    are repeated; of n calls of all together, n * `share` + `common_reserve`. Nobody may use up more
    of that than a quarter of what is left, so that there is some for whoever comes next, however
    many fail. Where the share is 0 nothing is repeated, and where it is 1 everything may be.
    `refused` counts the repeats that were not made for it.
    """

    def __init__(self, share: float = 0.1, reserve: int = 10, common_reserve: int = 90) -> None:
        self._limited = share < 1
        self._paid_back = round(share * _PRICE)
        self._most = reserve * _PRICE if share else 0
        self._most_of_all = common_reserve * _PRICE
        self._owed: OrderedDict[int, int] = OrderedDict()
        self._owed_by_all = 0
        self.refused = 0

    def earn(self, customer: int) -> None:
        """Count a call that is not a repeat."""
        if self._owed or self._owed_by_all:
            self._pay_back(customer, self._paid_back)

    def spend(self, customer: int) -> bool:
        """Count a repeat, if there may be one."""
        if not self._limited:
            return True
        owed = self._owed.get(customer, 0)
        left = self._most_of_all - self._owed_by_all
        if owed + _PRICE > self._most or left < _PRICE or owed * _LEFT_TO_OTHERS > left:
            self.refused += 1
            return False
        self._owed[customer] = owed + _PRICE
        self._owed.move_to_end(customer)
        self._owed_by_all += _PRICE
        if len(self._owed) > _MOST_CUSTOMERS:
            self._owed.popitem(last=False)  # what all owe together stays as it is
        return True

    def give_back(self, customer: int) -> None:
        """Take back what was spent on a repeat that turned out to be no burden."""
        self._pay_back(customer, _PRICE)

    def _pay_back(self, customer: int, part: int) -> None:
        self._owed_by_all = max(0, self._owed_by_all - part)
        owed = self._owed.get(customer, 0)
        if owed > part:
            self._owed[customer] = owed - part
        elif owed:
            del self._owed[customer]
