"""Who calls: the `Authorization` header of a request, before anything else of it is read."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

import structlog

from contact_gateway.forms.bearer import bearer_token
from contact_gateway.http.replies import HTTPErrorCode, HTTPRefusalError
from contact_gateway.identity import (
    InvalidTokenError,
    Principal,
    TokenTooLargeError,
    VerifierUnavailableError,
)

__all__ = ["Verifier", "authenticate"]

_log = structlog.get_logger(__name__)


class Verifier(Protocol):
    """Whoever can tell a genuine token."""

    async def verify(self, token: str) -> Principal:
        """The principal of a token, `InvalidTokenError`, or `VerifierUnavailableError`."""


async def authenticate(header: Sequence[bytes], verifier: Verifier, request_id: str) -> Principal:
    """The principal of a request, from all values of its `Authorization` header.

    Raises:
        HTTPRefusalError: 401, the same for every reason (RFC 6750 section 3); 431 if the token is
            not even looked at, because of its size; 503 if nobody can tell at the moment.
    """
    if not header:
        raise _unauthenticated(b"Bearer")
    try:
        return await verifier.verify(_only_token(header))
    except TokenTooLargeError:
        raise HTTPRefusalError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            HTTPErrorCode.HEADER_FIELDS_TOO_LARGE,
            "Expected an access token of at most 16 KiB.",
        ) from None
    except InvalidTokenError as error:
        _log.info("token_refused", request_id=request_id, reason=str(error))
        raise _unauthenticated(b'Bearer error="invalid_token"') from None
    except VerifierUnavailableError as error:
        raise HTTPRefusalError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPErrorCode.AUTHENTICATION_UNAVAILABLE,
            "The access token cannot be verified now: see Retry-After for the seconds to wait.",
            retry_after=error.retry_after,
        ) from None


def _only_token(header: Sequence[bytes]) -> str:
    token = bearer_token(header[0]) if len(header) == 1 else None
    if token is None:
        raise InvalidTokenError("not one bearer token")
    return token


def _unauthenticated(challenge: bytes) -> HTTPRefusalError:
    return HTTPRefusalError(
        HTTPStatus.UNAUTHORIZED,
        HTTPErrorCode.UNAUTHENTICATED,
        "Expected a valid access token as `Authorization: Bearer`.",
        {b"www-authenticate": challenge},
    )
