"""JSON read so that no two readers can understand it differently (RFC 8259 section 4)."""

import json
from typing import Any, NoReturn

__all__ = ["decode"]


def decode(document: bytes) -> Any:
    """Read one JSON value in UTF-8.

    The standard library's decoder, because it can refuse duplicate keys and keeps lone surrogates.

    Raises:
        ValueError: it is not JSON, has a key twice, a number of over 4,300 digits, or nests deeper
            than the stack.
    """
    try:
        return _DECODER.decode(document.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate keys")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
