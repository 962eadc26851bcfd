"""How many calls may be repeats: token buckets, so that a failing upstream is not buried."""

from collections import OrderedDict
from typing import Final

__all__ = ["RetryBudget"]

_PAID_BACK, _PRICE = 1, 10  # tenths of a repeat: each call pays back a tenth, so repeats are 10 %
_LEFT_TO_OTHERS: Final = 4
_MOST_CUSTOMERS: Final = 1000  # about 100 KB


class RetryBudget:
    """Lets one call in ten be repeated, and some more at a time when others were not.

    Of n calls of a customer with as many failures as there can be, at most n / 10 + `reserve` are
    repeated; of n calls of all together, n / 10 + `common_reserve`. Nobody may use up more of that
    than a quarter of what is left, so that there is some for whoever comes next, however many
    fail. `refused` counts the repeats that were not made for it.
    """

    def __init__(self, reserve: int = 10, common_reserve: int = 90) -> None:
        self._most = reserve * _PRICE
        self._most_of_all = common_reserve * _PRICE
        self._owed: OrderedDict[int, int] = OrderedDict()
        self._owed_by_all = 0
        self.refused = 0

    def earn(self, customer: int) -> None:
        """Count a call that is not a repeat."""
        if self._owed or self._owed_by_all:
            self._pay_back(customer, _PAID_BACK)

    def spend(self, customer: int) -> bool:
        """Count a repeat, if there may be one."""
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

    def _pay_back(self, customer: int, tenths: int) -> None:
        self._owed_by_all = max(0, self._owed_by_all - tenths)
        owed = self._owed.get(customer, 0)
        if owed > tenths:
            self._owed[customer] = owed - tenths
        elif owed:
            del self._owed[customer]
