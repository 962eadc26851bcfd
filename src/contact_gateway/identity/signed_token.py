"""The compact form of a signed token (RFC 7515 section 7.1), taken apart strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.util import urlsafe_b64decode

from contact_gateway.forms import strict_json

__all__ = [
    "InvalidTokenError",
    "SignedToken",
    "TokenTooLargeError",
    "read_signed_token",
    "require_size",
]

_LARGEST_TOKEN = 16_384


class InvalidTokenError(Exception):
    """A token that is not believed. The message is for the log and never holds the token."""


class TokenTooLargeError(InvalidTokenError):
    """A token of over 16 KiB, of which nothing was decoded."""

    def __init__(self) -> None:
        super().__init__("too long")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A JWT as its sender wrote it: nothing of it is to be believed before it is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any] = field(repr=False)
    signing_input: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def require_size(token: str) -> None:
    """Refuse a token of over 16 KiB before anything of it is decoded.

    Raises:
        TokenTooLargeError: it is longer.
    """
    if len(token) > _LARGEST_TOKEN:
        raise TokenTooLargeError


def read_signed_token(token: str) -> SignedToken:
    """Take a token apart: three segments without padding, two of them JSON objects.

    A member that stands twice is refused (RFC 7515 section 4, RFC 7519 section 4), because the
    upstream that is passed the same token might read the other one.

    Raises:
        InvalidTokenError: it has another form.
    """
    segments = token.encode("ascii").split(b".")
    if len(segments) != 3:
        raise InvalidTokenError("not three segments")
    header, payload, signature = segments
    try:
        return SignedToken(
            header=_json_object(header),
            claims=_json_object(payload),
            signing_input=header + b"." + payload,
            signature=urlsafe_b64decode(signature),
        )
    except ValueError:
        raise InvalidTokenError("not base64url of JSON objects") from None


def _json_object(segment: bytes) -> Mapping[str, Any]:
    members = strict_json.decode(urlsafe_b64decode(segment))
    if not isinstance(members, dict):
        raise ValueError("not an object")  # noqa: TRY004 - as all other faults of the document
    return members
