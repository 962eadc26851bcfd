"""How long a connection may be idle before the upstream closes it, where the upstream says so."""

import math
import re
from functools import lru_cache
from typing import Final

from contact_gateway.forms.header_fields import members

__all__ = ["idle_seconds"]

_LONGEST: Final = 256  # bytes, and more than any server says
_MARGIN: Final = 1.0  # seconds: for the way there and back, and for either side being busy
_SECONDS: Final = re.compile(rb"[0-9]{1,9}(?:\.[0-9]*)?")


@lru_cache(maxsize=32)
def idle_seconds(value: bytes) -> float:
    """For how long a connection may be used again after an answer with this `Keep-Alive` header.

    It is the shortest `timeout` (RFC 2068 section 19.7.1.1) less a second, or half of it where that
    is more: the upstream began to count when it sent the answer, and a request that arrives just as
    it closes is lost without a trace. What says no such thing, or says it badly, says nothing.
    """
    if len(value) > _LONGEST:
        return math.inf
    said = math.inf
    # separated by commas, and by some with semicolons
    for member in members([value.replace(b";", b",")]):
        name, _, seconds = member.partition(b"=")
        digits = _SECONDS.fullmatch(seconds.strip(b' \t"'))
        if digits and name.strip().lower() == b"timeout":
            said = min(said, float(digits[0]))
    return max(said - _MARGIN, said / 2)
