"""Asking for an access token of the gateway's own: the client credentials grant (RFC 6749)."""

import math
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from contact_gateway.forms.bearer import is_bearer_token
from contact_gateway.rest_client.client_authentication import basic_authorization, form_encoded
from contact_gateway.rest_client.documents import exchange
from contact_gateway.rest_client.problems import (
    CredentialsRefusedError,
    NoTokenError,
    UnexpectedAnswerError,
    UpstreamError,
    said_of,
)
from contact_gateway.settings import ClientAuthentication

__all__ = ["IssuedToken", "TokenEndpoint"]

_SECONDS = 5.0
_LARGEST_REPLY = 65_536
_USUAL_LIFETIME = 300.0  # where the reply does not say: a 401 tells soon enough that it is shorter
_LONGEST_LIFETIME = 86_400.0
_LATER = frozenset({408, 425, 429})  # the 4xx that refuse the moment, not the client


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """An access token and its lifetime in seconds."""

    value: str = field(repr=False)
    lifetime: float


class TokenEndpoint:
    """The token endpoint of the upstream's authorization server ("Get an access token").

    `client_secret` may be replaced at any time.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        url: str,
        client_id: str,
        client_secret: SecretStr,
        authentication: ClientAuthentication,
    ) -> None:
        self._transport = transport
        self._url = url
        self._client_id = client_id
        self.client_secret = client_secret
        self._authentication = authentication

    async def request_token(self) -> IssuedToken:
        """Get a new token (RFC 6749 section 4.4).

        Raises:
            CredentialsRefusedError: the endpoint refuses the client.
            NoTokenError: the endpoint is down, late or not understood.
        """
        try:
            content = await exchange(
                self._transport, self._request(), seconds=_SECONDS, largest=_LARGEST_REPLY
            )
        except UpstreamError as error:
            failure = _failure(error)
        else:
            return _read_reply(content)
        # raised out here, so that no chain leads to an error that holds the request's headers
        raise failure

    def _request(self) -> httpx.Request:
        form = {"grant_type": "client_credentials"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        secret = self.client_secret.get_secret_value()
        if self._authentication is ClientAuthentication.BASIC:
            headers["Authorization"] = basic_authorization(self._client_id, secret)
        else:
            form |= {"client_id": self._client_id, "client_secret": secret}
        return httpx.Request("POST", self._url, headers=headers, content=form_encoded(form))


def _failure(error: UpstreamError) -> UpstreamError:
    if isinstance(error, UnexpectedAnswerError):
        status = error.problem.status
        if httpx.codes.is_client_error(status) and status not in _LATER:
            return CredentialsRefusedError(f"the token endpoint answered {status}")
        return NoTokenError(f"the token endpoint answered {status}")
    return NoTokenError(f"the token endpoint did not answer: {said_of(error)}", error.advice)


def _read_reply(content: bytes) -> IssuedToken:
    """Read RFC 6749 section 5.1; `token_type` may be left out, as the upstream does."""
    try:
        reply: dict[str, Any] = orjson.loads(content)
        token, token_type = reply["access_token"], reply.get("token_type", "Bearer")
        if token_type.lower() != "bearer" or not is_bearer_token(token):
            raise ValueError  # noqa: TRY301 - as every other reply that is not one
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NoTokenError("the token endpoint's reply holds no bearer token") from None
    return IssuedToken(token, _lifetime(reply.get("expires_in")))


def _lifetime(expires_in: object) -> float:
    """Seconds from a number or its digits, at most a day; the usual where it says nothing."""
    try:
        seconds = math.nan if isinstance(expires_in, bool) else float(expires_in)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        seconds = math.nan
    return min(seconds, _LONGEST_LIFETIME) if seconds > 0 else _USUAL_LIFETIME
