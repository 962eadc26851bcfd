"""Media types: what a request may be written in, and what its reply is written in."""

from functools import lru_cache

__all__ = ["GRAPHQL_RESPONSE", "JSON", "is_json", "negotiate"]

GRAPHQL_RESPONSE = b"application/graphql-response+json"
JSON = b"application/json"


@lru_cache(maxsize=64)
def is_json(content_type: bytes) -> bool:
    """Whether a `Content-Type` is exactly application/json, in UTF-8 if it names a charset."""
    media_type, *parameters = (part.strip().lower() for part in content_type.split(b";"))
    return media_type == JSON and all(
        parameter in {b"charset=utf-8", b'charset="utf-8"', b""} for parameter in parameters
    )


@lru_cache(maxsize=64)
def negotiate(accept: bytes) -> bytes | None:
    """The media type of the reply for an `Accept` header, or None if none is acceptable.

    RFC 9110 section 12.5.1: the highest weight wins, then the more exact range, then the order.
    """
    if not accept.strip():
        return GRAPHQL_RESPONSE
    best: tuple[float, bytes] | None = None
    for offered in (GRAPHQL_RESPONSE, JSON):
        weight = _weight(accept, offered)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, offered)
    return best and best[1]


def _weight(accept: bytes, offered: bytes) -> float:
    """The weight of the most exact range that matches a media type, 0 if none does."""
    found: tuple[int, float] = (-1, 0.0)
    for entry in accept.split(b","):
        media_range, *parameters = (part.strip().lower() for part in entry.split(b";"))
        exactness = {offered: 2, b"application/*": 1, b"*/*": 0}.get(media_range, -1)
        weights = [part[2:] for part in parameters if part.startswith(b"q=")]
        if exactness > found[0]:
            found = (exactness, _quality(weights[0]) if weights else 1.0)
    return found[1]


def _quality(text: bytes) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
