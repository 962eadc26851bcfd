"""Bearer tokens as HTTP carries them (RFC 6750 section 2.1)."""

from typing import Final

__all__ = ["bearer_token", "is_bearer_token"]

# of `b64token`, but for the "=" that may end it
_CHARACTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/"


def bearer_token(authorization: bytes) -> str | None:
    """The token of an `Authorization` header, or None if it does not hold exactly one."""
    scheme, _, token = authorization.partition(b" ")
    token = token.lstrip(b" ")
    # RFC 9110 section 11.1: the scheme's case does not matter
    if scheme.lower() != b"bearer" or not _is_b64token(token):
        return None
    return token.decode("ascii")


def is_bearer_token(text: str) -> bool:
    """Whether `text` can stand in an `Authorization` header as it is."""
    return _is_b64token(text.encode("utf-8", "surrogatepass"))


def _is_b64token(token: bytes) -> bool:
    # no regular expression: that takes 5 µs for a token of a usual length
    core = token.rstrip(b"=")
    return bool(core) and not core.translate(None, _CHARACTERS)
