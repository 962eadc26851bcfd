"""Parameters in the query of a URL, read so that no two readers can understand them differently."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

__all__ = ["decode"]

_NO_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def decode(query: bytes) -> dict[str, str]:
    """Read application/x-www-form-urlencoded (WHATWG URL, section 5.1), but strictly.

    Raises:
        ValueError: an escape is malformed, what is escaped is not UTF-8, or a name is there twice.
            The message says what was expected, and quotes nothing of the query.
    """
    if _NO_ESCAPE.search(query):
        raise ValueError("two hexadecimal digits behind each % in the URL")
    parameters: dict[str, str] = {}
    for pair in query.split(b"&"):
        if not pair:
            continue
        name, value = map(_text, pair.partition(b"=")[::2])
        if name in parameters:
            raise ValueError("each parameter once in the URL")
        parameters[name] = value
    return parameters


def _text(escaped: bytes) -> str:
    try:
        return unquote_to_bytes(escaped.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        # not from it: that error holds the text
        raise ValueError("UTF-8 in the URL") from None
