"""Who wraps whom on the way to the REST API: drawn here, and built here.

Retries                     sends again what may be sent again, within the deadline and a budget
└── WithCredentials         the gateway's own token in the place of the caller's, where that is set
    └── Guard               no more at a time than the bulkhead has slots; nothing while a circuit
        │                   is open. Who waits to try again, or for a token, holds no slot meanwhile
        └── Watched         counts, times and traces each attempt
            └── Sender      makes a complete `httpx.Request`, and an answer or error of what comes
                └── an httpx transport: ours, or any other
"""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Self

import httpx
from pydantic import SecretStr

from contact_gateway.egress import Rotation
from contact_gateway.observation import Metrics, Traces
from contact_gateway.rest_client.breaker import Breaker, NoBreaker
from contact_gateway.rest_client.budget import RetryBudget
from contact_gateway.rest_client.bulkhead import Bulkhead
from contact_gateway.rest_client.call import Sends
from contact_gateway.rest_client.credentials import ClientCredentials, WithCredentials
from contact_gateway.rest_client.guard import Guard
from contact_gateway.rest_client.http11 import HTTP11Transport
from contact_gateway.rest_client.other_transports import OtherTransport
from contact_gateway.rest_client.retries import Retries
from contact_gateway.rest_client.sending import Sender
from contact_gateway.rest_client.token_endpoint import TokenEndpoint
from contact_gateway.rest_client.watched import Watched, follow_credentials, follow_guard
from contact_gateway.settings import Settings, UpstreamAuthentication

__all__ = ["RESTClient", "token_endpoint"]


class RESTClient:
    """The way to the REST API that the settings name, over `transport` or over our own.

    Secrets and certificates are renewed as `rotation` says, where there is one. As an async context
    manager it closes its connections at the end.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        traces: Traces | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        rotation: Rotation | None = None,
    ) -> None:
        rotation = rotation or Rotation(settings)
        most, url = settings.upstream_max_connections, settings.upstream_url
        attempt_timeout = min(settings.upstream_attempt_timeout, settings.upstream_deadline)
        to_api, connected = _to_api(settings, metrics, rotation, transport)
        self._parts: list[AbstractAsyncContextManager[object]] = [to_api]
        sender = Sender(to_api, url, attempt_timeout)
        watched = Watched(sender, metrics, traces, url)
        breaker = (Breaker if settings.upstream_breaker else NoBreaker)(time.monotonic, connected)
        guard = Guard(watched, Bulkhead(most), breaker, seconds_to_judge=attempt_timeout / 2)
        follow_guard(metrics, guard)
        budget = RetryBudget(settings.upstream_retry_budget)
        within = self._with_credentials(guard, settings, metrics, rotation)
        retries = Retries(within, budget, faster=settings.only_for_tests_time_factor)
        metrics.follow_counter(metrics.retries, lambda: retries.retried)
        metrics.follow_counter(metrics.retries_refused, lambda: budget.refused)
        self.send = retries.send

    async def __aenter__(self) -> Self:
        """Nothing yet: the first call connects."""
        self._opened = AsyncExitStack()
        for part in self._parts:
            await self._opened.enter_async_context(part)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection, and stop what is under way for none of the callers."""
        await self._opened.aclose()

    def _with_credentials(
        self, guard: Guard, settings: Settings, metrics: Metrics, rotation: Rotation
    ) -> Sends:
        if settings.upstream_auth is UpstreamAuthentication.PASSTHROUGH:
            return guard
        # connections of its own: a busy upstream must not keep tokens from being renewed
        transport = HTTP11Transport(way=rotation.egress.to_rest_api)
        credentials = ClientCredentials(token_endpoint(settings, transport))
        rotation.renewed.append(lambda _, egress: transport.renew(egress.to_rest_api))
        rotation.renewed.append(lambda settings, _: credentials.change_secret(_secret_of(settings)))
        follow_credentials(metrics, credentials)
        self._parts += [transport, credentials]
        return WithCredentials(guard, credentials)


def _to_api(
    settings: Settings,
    metrics: Metrics,
    rotation: Rotation,
    other: httpx.AsyncBaseTransport | None,
) -> tuple[HTTP11Transport | OtherTransport, Callable[[int], bool]]:
    """Our transport or an `other`, and whether it can carry a customer's next call at once."""
    if other is not None:
        return OtherTransport(other), lambda _: False
    transport = HTTP11Transport(
        settings.upstream_max_connections,
        way=rotation.egress.to_rest_api,
        keepalive=settings.upstream_keepalive,
        age=settings.upstream_connection_age,
    )
    rotation.renewed.append(lambda _, egress: transport.renew(egress.to_rest_api))
    metrics.follow_counter(metrics.unasked, lambda: transport.unasked)
    return transport, partial(transport.can_carry, httpx.URL(settings.upstream_url))


def token_endpoint(settings: Settings, transport: httpx.AsyncBaseTransport) -> TokenEndpoint:
    """Where the gateway gets its own tokens, for UPSTREAM_AUTH=client_credentials."""
    return TokenEndpoint(
        transport,
        settings.upstream_token_url or "",
        settings.upstream_client_id or "",
        _secret_of(settings),
        settings.upstream_client_auth,
    )


def _secret_of(settings: Settings) -> SecretStr:
    return settings.upstream_client_secret or SecretStr("")
