"""How long a caller will wait: the `Prefer` header (RFC 7240)."""

import re
from collections.abc import Sequence

__all__ = ["wait_seconds"]

_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_MOST_DIGITS = 9  # more seconds than any deadline has
_LONGEST = 256  # bytes: quotes that do not match are looked for again and again


def wait_seconds(header: Sequence[bytes]) -> int | None:
    """The seconds of the preference `wait` (section 4.3), from all values of the header.

    None where there is no such preference. One that is malformed or very long counts as none, as
    section 2 asks for all that a server does not understand; of several, the first counts.
    """
    if not header:
        return None
    value = b",".join(header)
    if len(value) > _LONGEST:
        return None
    value = _QUOTED.sub(b"", value)
    if b'"' in value:
        return None
    for preference in value.split(b","):
        name, _, seconds = preference.partition(b";")[0].partition(b"=")
        if name.strip().lower() == b"wait":
            digits = seconds.strip()
            return int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else None
    return None
