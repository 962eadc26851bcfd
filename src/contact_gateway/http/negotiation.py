"""Media types: what a request may be written in, and what its reply is written in."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus

from contact_gateway.forms.header_fields import members, parameterized, weight
from contact_gateway.http.replies import GRAPHQL_RESPONSE, JSON, HTTPErrorCode, HTTPRefusalError

__all__ = ["negotiate", "require_json"]

_UTF_8 = frozenset({b"utf-8", b"utf8"})  # the second is no name of it, and many say it
_MOST_RANGES = 32  # more than any client lists; the rest of a longer header is not looked at
_LONGEST_CONTENT_TYPE = 256


def require_json(content_types: Sequence[bytes], content_encodings: Sequence[bytes]) -> None:
    """Let only application/json in UTF-8 through, named once and without a content encoding.

    Raises:
        HTTPRefusalError: 415, with what is accepted instead (RFC 9110 section 15.5.16).
    """
    encoded = content_encodings and any(
        encoding.lower() != b"identity" for encoding in members(content_encodings)
    )
    if len(content_types) != 1 or not _is_json(content_types[0]) or encoded:
        raise HTTPRefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "Expected application/json in UTF-8, without a content encoding.",
            {b"accept": JSON, b"accept-encoding": b"identity"},
        )


def negotiate(accept: Sequence[bytes]) -> bytes:
    """The media type of a successful reply, for all values of the `Accept` header.

    The highest weight wins, then the more exact range (RFC 9110 section 12.5.1). A client that
    leaves the choice to the server, or says nothing, is taken for one that knows only JSON.

    Raises:
        HTTPRefusalError: 406, because nothing that can be sent is acceptable.
    """
    media_type = _best(b",".join(accept)) if accept else JSON
    if media_type is None:
        raise HTTPRefusalError(
            HTTPStatus.NOT_ACCEPTABLE,
            HTTPErrorCode.NOT_ACCEPTABLE,
            "Expected to accept application/graphql-response+json or application/json.",
        )
    return media_type


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    if len(content_type) > _LONGEST_CONTENT_TYPE:
        return False
    media_type, parameters = parameterized(content_type)
    return (
        media_type == JSON
        and all(name == b"charset" for name, _ in parameters)
        and _in_utf_8(parameters)
    )


@lru_cache(maxsize=64)
def _best(accept: bytes) -> bytes | None:
    if not accept:
        return JSON
    json = _preference(accept, JSON)
    graphql_response = _preference(accept, GRAPHQL_RESPONSE)
    if max(json, graphql_response)[0] == 0:
        return None
    # where both are named and weigh the same, the newer type says more
    named = graphql_response[1] == 2
    return (
        GRAPHQL_RESPONSE
        if graphql_response > json or (named and graphql_response == json)
        else JSON
    )


def _preference(accept: bytes, offered: bytes) -> tuple[float, int]:
    """Weight and exactness of the most exact range that matches a media type."""
    exactness, wanted = -1, 0.0
    for member in members([accept])[:_MOST_RANGES]:
        media_range, parameters = parameterized(member)
        found = {offered: 2, b"application/*": 1, b"*/*": 0}.get(media_range, -1)
        if found > exactness and _in_utf_8(parameters):
            exactness, wanted = found, weight(parameters)
    return wanted, exactness


def _in_utf_8(parameters: Iterable[tuple[bytes, bytes]]) -> bool:
    return all(value.lower() in _UTF_8 for name, value in parameters if name == b"charset")
