"""JSON read so that no two readers can understand it differently (RFC 8259 section 4)."""

import json
from typing import Any, NoReturn

__all__ = ["DuplicateKeyError", "decode"]


class DuplicateKeyError(ValueError):
    """An object has a key twice."""


def decode(document: bytes) -> Any:
    """Read one JSON value in UTF-8.

    The standard library's decoder, because it can refuse duplicate keys and keeps lone surrogates.

    Raises:
        DuplicateKeyError: an object has a key twice.
        ValueError: it is not JSON, has a number of over 4,300 digits, or nests deeper than the
            stack. The message says where, and quotes nothing of the document.
    """
    try:
        return _DECODER.decode(document.decode("utf-8"))
    except DuplicateKeyError:
        raise
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError as error:
        # not from it: the standard library's errors hold the document
        raise ValueError(_what_is_wrong(document, error)) from None


def _what_is_wrong(document: bytes, error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start + 1}"
    if not isinstance(error, json.JSONDecodeError):
        return "a number that is not finite, or has over 4,300 digits"
    if not document.strip():
        return "it is empty"
    return f"not JSON at line {error.lineno}, column {error.colno}"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DuplicateKeyError("an object has a key twice")
    return members


def _no_constant(_: str) -> NoReturn:
    raise ValueError("not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
