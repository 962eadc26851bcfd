"""The gateway's own credentials: one access token, got when needed, renewed before it expires."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

import structlog
from pydantic import SecretStr

from contact_gateway.event_loop.second_try import with_second_try
from contact_gateway.event_loop.single_flight import SingleFlight
from contact_gateway.rest_client.call import Answer, Call, Sends
from contact_gateway.rest_client.problems import (
    CredentialsRefusedError,
    NoTokenError,
    UpstreamError,
)
from contact_gateway.rest_client.refused_customers import RefusedCustomers
from contact_gateway.rest_client.token_endpoint import TokenEndpoint

__all__ = ["ClientCredentials", "WithCredentials"]

_RENEWED_AFTER = 0.8  # of its life
_SECONDS_BETWEEN_ATTEMPTS = 1.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Token:
    """A token, and when it is to be renewed and when it ends on the clock of its keeper."""

    value: str = field(repr=False)
    renew_at: float
    ends_at: float


class ClientCredentials:
    """Keeps the gateway's own access token. `clock` is monotonic, in seconds.

    It asks the token endpoint once, however many wait; a token that is still valid is used on
    while a new one is fetched or cannot be had. After a failure, and after a new token that helped
    nobody, the endpoint is left alone for a second. As an async context manager it stops what is
    under way at the end. `renewed` and `not_renewed` count the answers of the endpoint.
    """

    def __init__(
        self, endpoint: TokenEndpoint, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._renewal = SingleFlight(self._renew)
        self._token: _Token | None = None
        self._failure: UpstreamError | None = None
        self._left_alone_until = float("-inf")
        self._refused = RefusedCustomers(clock)
        self.renewed = 0
        self.not_renewed = 0

    async def __aenter__(self) -> Self:
        """Nothing yet: the first call gets the first token."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop a renewal that is under way."""
        await self._renewal.cancel()

    def change_secret(self, secret: SecretStr) -> None:
        """Ask with another secret from now on, and at once: the token of the old one serves on."""
        if secret == self._endpoint.client_secret:
            return
        self._endpoint.client_secret = secret
        self._failure, self._left_alone_until = None, float("-inf")
        self._renewal.start()

    async def token(self, deadline: float) -> str:
        """A token that is valid as far as the gateway knows, if there is one before `deadline`.

        Raises:
            NoTokenError: there is none, and none could be had in time.
            CredentialsRefusedError: the token endpoint refuses the gateway.
        """
        now = self._clock()
        if self._token is None or now >= self._token.ends_at:
            return await self._renewed(deadline)
        if now >= self._token.renew_at and now >= self._left_alone_until:
            self._renewal.start()
        return self._token.value

    async def replacement_for(
        self, refused: str, deadline: float, customer: int | None = None
    ) -> str:
        """Another token than `refused`, which the upstream answered with 401 for this customer.

        Raises:
            NoTokenError: no other could be had in time.
            CredentialsRefusedError: renewing has just been tried, to no avail.
        """
        if self._token is not None and self._token.value != refused:
            return self._token.value  # somebody else was refused too, and has renewed it
        if self._refused.in_vain(customer):
            raise CredentialsRefusedError("the upstream refuses the gateway's token")
        # it is kept until then: perhaps it is refused for one customer only
        return await self._renewed(deadline)

    def renewed_to_no_avail(self, customer: int | None = None) -> None:
        """The upstream refused the replacement too: do not renew for every call that it refuses."""
        self._refused.add(customer)

    def accepted(self, customer: int | None) -> None:
        """The upstream accepts a token for this customer."""
        if self._refused:
            self._refused.discard(customer)

    async def _renewed(self, deadline: float) -> str:
        if self._failure and not self._renewal.under_way and self._clock() < self._left_alone_until:
            raise type(self._failure)(*self._failure.args)
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return (await self._renewal.join()).value
        except TimeoutError:
            raise NoTokenError("the token did not come in time") from None

    async def _renew(self) -> _Token:
        while True:
            secret = self._endpoint.client_secret
            try:
                token = await self._ask()
            except UpstreamError:
                if secret is self._endpoint.client_secret:
                    raise
            else:
                if secret is self._endpoint.client_secret:
                    return token

    async def _ask(self) -> _Token:
        asked_at = self._clock()
        try:
            try:
                issued = await with_second_try(self._endpoint.request_token)
            except NoTokenError:  # one bad answer, which must not cost the calls of a moment
                issued = await self._endpoint.request_token()
        except UpstreamError as error:
            self._failure = error
            self.not_renewed += 1
            self._left_alone_until = self._clock() + _SECONDS_BETWEEN_ATTEMPTS
            _log.warning("upstream_token_not_renewed", reason=str(error))
            raise
        self.renewed += 1
        self._token = _Token(
            issued.value,
            renew_at=asked_at + _RENEWED_AFTER * issued.lifetime,
            ends_at=asked_at + issued.lifetime,
        )
        return self._token


class WithCredentials:
    """Sends every call with the gateway's own token in place of the one it has.

    A 401 was not carried out, whatever the method: the token is renewed once and the call replayed
    once.
    """

    def __init__(self, inner: Sends, credentials: ClientCredentials) -> None:
        self._inner = inner
        self._credentials = credentials

    async def send(self, call: Call) -> Answer:
        """Send `call`.

        Raises:
            NoTokenError: there is no token to send it with.
            CredentialsRefusedError: the upstream does not accept the gateway's token, new or not.
            UpstreamError: as the policy within does.
        """
        token = await self._credentials.token(call.deadline)
        answer = await self._inner.send(call._replace(token=token))
        if answer.status == HTTPStatus.UNAUTHORIZED:
            customer = call.customer
            token = await self._credentials.replacement_for(token, call.deadline, customer)
            answer = await self._inner.send(call._replace(token=token))
            if answer.status == HTTPStatus.UNAUTHORIZED:
                self._credentials.renewed_to_no_avail(customer)
                raise CredentialsRefusedError("the upstream refuses the gateway's token")
        self._credentials.accepted(call.customer)
        return answer
