"""The body of an answer as a value: every JSON that a server may send, and short plain text."""

import codecs
import zlib
from dataclasses import dataclass
from typing import Any, Final

import orjson

from contact_gateway.rest_client.call import Answer, Incomplete

__all__ = ["Body", "decoded", "is_html", "read_body_of"]

_MOST_BYTES: Final = 1_048_576  # of content whose coding is undone
_LONGEST_TEXT: Final = 500
_HTML_BEGINS: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<?xml")


@dataclass(frozen=True, slots=True)
class Body:
    """What a body says: `document` is a JSON value, `text` short plain text.

    `unread` says of a body that is neither why not: media type, size, reason; never content.
    """

    document: Any = None
    text: str | None = None
    unread: str | None = None


def read_body_of(answer: Answer) -> Body:
    """Read the body of an answer.

    JSON is `application/json`, `text/json` and any `+json`, with any parameters, with or without
    a byte order mark. What has no media type is JSON if it can be read as such.
    """
    media_type = _media_type(answer)
    if answer.incomplete is not None:
        return _unread(media_type, "?", str(answer.incomplete))
    content = answer.content
    if not content:
        return Body()
    if _is_json(media_type) or not media_type:
        try:
            return Body(document=orjson.loads(content.removeprefix(codecs.BOM_UTF8)))
        except orjson.JSONDecodeError:
            return _unread(media_type, len(content), "not JSON")
    if media_type == "text/plain" and len(content) <= _LONGEST_TEXT and not is_html(answer):
        text = content.decode("utf-8", "replace").strip()
        return Body(text=text or None)
    return _unread(media_type, len(content), "not JSON")


def is_html(answer: Answer) -> bool:
    """Whether a body is a page for people, such as those of a login or of maintenance."""
    if _media_type(answer) in {"text/html", "application/xhtml+xml"}:
        return True
    return answer.content[:200].lstrip().lower().startswith(_HTML_BEGINS)


def decoded(content: bytes, coding: str) -> tuple[bytes, Incomplete | None]:
    """Undo a content coding that was used although none was asked for (RFC 9110 section 8.4.1)."""
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return content, None
    if name not in {"gzip", "x-gzip", "deflate"}:
        return b"", Incomplete.ENCODED
    # 32 + MAX_WBITS finds out whether it is gzip's format or zlib's; some call none deflate
    raw = (-zlib.MAX_WBITS,) if name == "deflate" else ()
    for bits in (32 + zlib.MAX_WBITS, *raw):
        decompress = zlib.decompressobj(bits)
        try:
            plain = decompress.decompress(content, _MOST_BYTES + 1)
        except zlib.error:
            continue
        if len(plain) > _MOST_BYTES:
            return b"", Incomplete.OVERSIZED
        return (plain, None) if decompress.eof else (b"", Incomplete.CUT_OFF)
    return b"", Incomplete.ENCODED


def _media_type(answer: Answer) -> str:
    media_type: str = answer.headers.get("Content-Type", "")
    return media_type.split(";", 1)[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type in {"application/json", "text/json"} or media_type.endswith("+json")


def _unread(media_type: str, size: object, reason: str) -> Body:
    shown = media_type[:80] if media_type.isascii() and media_type.isprintable() else "?"
    return Body(unread=f"{shown or 'no media type'}, {size} bytes, {reason}")
