"""Bearer tokens as HTTP carries them (RFC 6750 section 2.1)."""

import re

__all__ = ["bearer_token", "is_bearer_token"]

_TOKEN = r"[A-Za-z0-9._~+/-]+=*"  # noqa: S105 - the syntax of one
_IS_TOKEN = re.compile(_TOKEN)
# RFC 9110 section 11.1: the scheme's case does not matter
_CREDENTIALS = re.compile(rb"bearer +(" + _TOKEN.encode() + rb")", re.IGNORECASE)


def bearer_token(authorization: bytes) -> str | None:
    """The token of an `Authorization` header, or None if it does not hold exactly one."""
    match = _CREDENTIALS.fullmatch(authorization)
    return None if match is None else match[1].decode("ascii")


def is_bearer_token(text: str) -> bool:
    """Whether `text` can stand in an `Authorization` header as it is."""
    return _IS_TOKEN.fullmatch(text) is not None
