"""The numbers that identify things in the API: int64 in decimal digits."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["int64", "positive_int64"]

_MAXIMUM: Final = 2**63 - 1

# ASCII digits only, and few enough that int() never meets a 5,000-digit number.
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")


def int64(text: str) -> int | None:
    """The number that `text` writes in decimal, or None when it is not an int64."""
    if _INTEGER.fullmatch(text) is None:
        return None
    number = int(text)
    return number if -_MAXIMUM - 1 <= number <= _MAXIMUM else None


def positive_int64(text: str) -> int | None:
    """The number that `text` writes in decimal, or None when it is not an int64 above zero.

    Each number has one text: none begins with a zero.
    """
    number = None if text.startswith("0") else int64(text)
    return number if number is not None and number > 0 else None
