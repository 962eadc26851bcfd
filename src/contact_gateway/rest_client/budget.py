"""How many calls may be repeats: a token bucket, so that a failing upstream is not buried."""

__all__ = ["RetryBudget"]

_EARNED, _PRICE = 1, 10  # tenths of a repeat: each call earns a tenth, so repeats are 10 %


class RetryBudget:
    """Lets one call in ten be repeated, and `reserve` more at a time when others were not.

    Of n calls with as many failures as there can be, at most n / 10 + `reserve` are repeated.
    `refused` counts the repeats that were not made for it.
    """

    def __init__(self, reserve: int = 10) -> None:
        self._most = reserve * _PRICE
        self._saved = self._most
        self.refused = 0

    def earn(self) -> None:
        """Count a call that is not a repeat."""
        if self._saved < self._most:
            self._saved += _EARNED

    def spend(self) -> bool:
        """Count a repeat, if there may be one."""
        if self._saved < _PRICE:
            self.refused += 1
            return False
        self._saved -= _PRICE
        return True

    def give_back(self) -> None:
        """Take back what was spent on a repeat that turned out to be no burden."""
        self._saved = min(self._saved + _PRICE, self._most)
