"""`Retry-After`: when to come back (RFC 9110 section 10.2.3)."""

import math
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["retry_after_seconds"]

_LONGEST_WAIT: Final = 2**31 - 1  # GraphQL's Int holds no more
_LONGEST: Final = 256  # characters that are looked at
_SECONDS: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?", re.ASCII)
# a date has a comma of its own, behind the name of its day
_VALUES: Final = re.compile(r"(?:\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,)?[^,]+", re.IGNORECASE)


def retry_after_seconds(value: str | None, now: float) -> int | None:
    """Read `Retry-After`, seconds or a date of any form; None if it is neither.

    Fractions are rounded up. Of several values, as two servers on the way may give, the latest
    counts. `now` is the time as seconds since the epoch.
    """
    if value is None:
        return None
    waits = list(_waits(value[:_LONGEST], now))
    return max(waits) if waits else None


def _waits(value: str, now: float) -> Iterator[int]:
    for match in _VALUES.finditer(value):
        text = match[0].strip().strip('"')
        if _SECONDS.fullmatch(text):
            # cut, because int() and float() need not read hundreds of digits
            whole, _, fraction = text.partition(".")
            seconds = int(whole[-20:]) if len(whole.lstrip("0")) <= 20 else _LONGEST_WAIT
            yield min(seconds + bool(fraction.strip("0")), _LONGEST_WAIT)
            continue
        try:
            date = parsedate_to_datetime(text)
            # RFC 9110 section 5.6.7: the form without a zone is in UTC too
            left = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        yield min(max(0, math.ceil(left)), _LONGEST_WAIT)
