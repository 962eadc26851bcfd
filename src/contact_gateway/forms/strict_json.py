"""JSON read so that no two readers can understand it differently (RFC 8259 section 4)."""

import json
import re
from array import array
from itertools import accumulate
from typing import Any, NoReturn

__all__ = ["DuplicateKeyError", "decode"]


class DuplicateKeyError(ValueError):
    """An object has a key twice."""


def decode(document: bytes) -> Any:
    """Read one JSON value in UTF-8.

    The standard library's decoder, because it can refuse duplicate keys and keeps lone surrogates.

    Raises:
        DuplicateKeyError: an object has a key twice.
        ValueError: it is not JSON, has a number of over 4,300 digits, or nests more than 500 deep.
            The message says where, and quotes nothing of the document.
    """
    if len(document) > _DEEPEST and _nests_too_deeply(document):
        raise ValueError("nested too deeply")
    try:
        return _DECODER.decode(document.decode("utf-8"))
    except DuplicateKeyError:
        raise
    except ValueError as error:
        # not from it: the standard library's errors hold the document
        raise ValueError(_what_is_wrong(document, error)) from None


def _nests_too_deeply(document: bytes) -> bool:
    """Whether it does: how deep the decoder itself gets depends on the version of Python."""
    if document.count(b"[") + document.count(b"{") <= _DEEPEST:
        return False
    beginning = document[: 8 * _DEEPEST]  # where it shows, if it is meant to cost much
    return _depth(beginning) > _DEEPEST or _depth(document) > _DEEPEST


def _depth(document: bytes) -> int:
    brackets = _STRING.sub(b"", document).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(array("b", brackets)), default=0)


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


_DEEPEST = 500  # less than any Python's decoder can

# one that does not end takes up the rest
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"?', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # 1 and -1
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))

_DECODER = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
