"""Media types: what a request may be written in, and what its reply is written in."""

import re
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus

from contact_gateway.http.replies import GRAPHQL_RESPONSE, JSON, HTTPErrorCode, HTTPRefusalError

__all__ = ["negotiate", "require_json"]

_UTF_8 = frozenset({b"charset=utf-8", b'charset="utf-8"'})
_QUALITY = re.compile(rb"[01](?:\.[0-9]*)?")
_MOST_RANGES = 32  # more than any client lists; the rest of a longer header is not looked at
_LONGEST_CONTENT_TYPE = 256


def require_json(content_types: Sequence[bytes], content_encodings: Sequence[bytes]) -> None:
    """Let only application/json in UTF-8 through, named once and without a content encoding.

    Raises:
        HTTPRefusalError: 415, with what is accepted instead (RFC 9110 section 15.5.16).
    """
    if len(content_types) != 1 or not _is_json(content_types[0]) or content_encodings:
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
    media_type, *parameters = (part.strip().lower() for part in content_type.split(b";"))
    return media_type == JSON and all(
        parameter in _UTF_8 or not parameter for parameter in parameters
    )


@lru_cache(maxsize=64)
def _best(accept: bytes) -> bytes | None:
    if not accept.strip():
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
    exactness, weight = -1, 0.0
    for entry in accept.split(b",", _MOST_RANGES)[:_MOST_RANGES]:
        media_range, *parameters = (part.strip().lower() for part in entry.split(b";"))
        found = {offered: 2, b"application/*": 1, b"*/*": 0}.get(media_range, -1)
        if found > exactness and _in_utf_8(parameters):
            exactness, weight = found, _quality(parameters)
    return weight, exactness


def _in_utf_8(parameters: Sequence[bytes]) -> bool:
    return all(part in _UTF_8 for part in parameters if part.startswith(b"charset="))


def _quality(parameters: Sequence[bytes]) -> float:
    """The weight among the parameters of a range; one that is malformed counts as a refusal."""
    for parameter in parameters:
        if parameter.startswith(b"q="):
            number = parameter[2:]
            return min(1.0, float(number)) if _QUALITY.fullmatch(number) else 0.0
    return 1.0
