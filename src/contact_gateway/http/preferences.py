"""How long a caller will wait: the `Prefer` header (RFC 7240)."""

from collections.abc import Sequence

from contact_gateway.forms.header_fields import members

__all__ = ["wait_seconds"]

_MOST_DIGITS = 9  # more seconds than any deadline has
_LONGEST = 256  # bytes: more than any client prefers


def wait_seconds(header: Sequence[bytes]) -> int | None:
    """The seconds of the preference `wait` (section 4.3), from all values of the header.

    None where there is no such preference. One that is malformed or very long counts as none, as
    section 2 asks for all that a server does not understand; of several, the first counts.
    """
    if not header:
        return None
    if sum(map(len, header)) > _LONGEST:
        return None
    for preference in members(header):
        name, _, seconds = preference.partition(b";")[0].partition(b"=")
        if name.strip().lower() == b"wait":
            digits = seconds.strip()
            return int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else None
    return None
