"""Asking an authorization server what it says of a caller's token: introspection (RFC 7662)."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import httpx
import structlog
from pydantic import SecretStr

from contact_gateway.event_loop.second_try import with_second_try
from contact_gateway.forms import strict_json
from contact_gateway.rest_client.client_authentication import basic_authorization, form_encoded
from contact_gateway.rest_client.documents import exchange
from contact_gateway.rest_client.problems import (
    UnexpectedAnswerError,
    UpstreamError,
    said_of,
)
from contact_gateway.settings import Settings

__all__ = ["IntrospectionEndpoint", "IntrospectionError", "introspection_endpoint"]

_SECONDS: Final = 5.0
_LARGEST_ANSWER: Final = 65_536
_MOST_AT_A_TIME: Final = 32  # strangers can ask about as many tokens as they can think of

_log = structlog.get_logger(__name__)


class IntrospectionError(Exception):
    """The endpoint did not say whether a token is active.

    The message is for the log; `status` is what it answered in place of 200, if it did; `advice`
    is for whoever runs the gateway, if there is any.
    """

    advice: str | None = None

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class IntrospectionEndpoint:
    """An introspection endpoint, to which the gateway is a client. `seconds` is its patience.

    `client_secret` may be replaced at any time.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        url: str,
        client_id: str,
        client_secret: SecretStr,
        *,
        seconds: float = _SECONDS,
    ) -> None:
        self._transport = transport
        self._url = url
        self._client_id = client_id
        self.client_secret = client_secret
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_MOST_AT_A_TIME)
        self._fault: str | None = None

    async def introspect(self, token: str) -> Mapping[str, Any]:
        """What the endpoint says of a token: `active`, true or false, and more if it is.

        To ask changes nothing: so it is asked again if it is slow, or answers with nothing of use.

        Raises:
            IntrospectionError: it said nothing that could be understood, in time.
        """
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                answer = await self._answer(token)
        except (UpstreamError, TimeoutError, ValueError) as error:
            failure = _failure(error)
        else:
            self._fault = None
            return answer
        self._failed(str(failure))
        # raised out here, so that no chain leads to an error that holds the request
        raise failure

    async def _answer(self, token: str) -> Mapping[str, Any]:
        async def once() -> Mapping[str, Any]:
            content = await exchange(
                self._transport,
                self._request(token),
                seconds=self._seconds,
                largest=_LARGEST_ANSWER,
            )
            return _read(content)

        try:
            return await with_second_try(once)
        except (UpstreamError, ValueError) as error:
            if (
                isinstance(error, UnexpectedAnswerError)
                and error.problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
            ):
                raise  # it refuses the gateway, and would again
        return await once()

    def _request(self, token: str) -> httpx.Request:
        """RFC 7662 section 2.1: in the body, because URLs are logged everywhere."""
        secret = self.client_secret.get_secret_value()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": basic_authorization(self._client_id, secret),
        }
        form = {"token": token, "token_type_hint": "access_token"}
        return httpx.Request("POST", self._url, headers=headers, content=form_encoded(form))

    def _failed(self, fault: str) -> None:
        """Log a failure once, and not for each caller for as long as it lasts."""
        if fault != self._fault:
            self._fault = fault
            _log.warning("token_not_introspected", reason=fault)


def _read(content: bytes) -> Mapping[str, Any]:
    """RFC 7662 section 2.2.

    Raises:
        ValueError: it is none of that section.
    """
    answer = strict_json.decode(content)
    if not isinstance(answer, dict) or not isinstance(answer.get("active"), bool):
        raise ValueError("not an object with `active`")  # noqa: TRY004 - its value, not its type
    return answer


def _failure(error: Exception) -> IntrospectionError:
    if isinstance(error, UnexpectedAnswerError):
        status = error.problem.status
        return IntrospectionError(f"the introspection endpoint answered {status}", status)
    if isinstance(error, ValueError):
        return IntrospectionError(f"the introspection endpoint's answer cannot be read: {error}")
    said = said_of(error) if isinstance(error, UpstreamError) else type(error).__name__
    failure = IntrospectionError(f"the introspection endpoint did not answer: {said}")
    if isinstance(error, UpstreamError) and error.advice:
        failure.advice = error.advice
    return failure


def introspection_endpoint(
    settings: Settings, transport: httpx.AsyncBaseTransport
) -> IntrospectionEndpoint:
    """Where tokens are introspected, for TOKEN_VERIFICATION=introspection."""
    return IntrospectionEndpoint(
        transport,
        settings.token_introspection_url or "",
        settings.token_introspection_client_id or "",
        settings.token_introspection_client_secret or SecretStr(""),
        # a gateway that stops waits no longer than that for a request
        seconds=min(_SECONDS, settings.upstream_deadline),
    )
