"""The one form in which ids travel: a positive 64-bit integer in decimal digits."""

import re

__all__ = ["parse_int64"]

_DIGITS = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_LARGEST = 2**63 - 1


def parse_int64(text: str) -> int | None:
    """Read 1 to 9223372036854775807 without sign, space or leading zero; None for anything else."""
    if _DIGITS.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number <= _LARGEST else None
