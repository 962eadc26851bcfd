"""The composition root: builds everything in the order in which a request meets it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from graphql import GraphQLSchema
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from contact_gateway.http import (
    CrossOrigin,
    Entrance,
    GraphiQL,
    GraphQLEndpoint,
    MetricsPage,
    Observed,
    Readiness,
    Verifier,
    Workspace,
    livez,
    refuse_in_plain_text,
)
from contact_gateway.identity import (
    KeySet,
    RememberedTokens,
    TokenRules,
    TokenVerifier,
    UpstreamVerifier,
)
from contact_gateway.observation import Metrics, Traces
from contact_gateway.operations import (
    Disclosure,
    DocumentReader,
    OperationRunner,
    OperationStore,
    TrustedDocuments,
    load_trusted_documents,
)
from contact_gateway.schema import build_schema
from contact_gateway.server import READINESS
from contact_gateway.settings import (
    Settings,
    TokenVerification,
    TrustedDocumentsMode,
    UpstreamAuthentication,
)
from contact_gateway.upstream import (
    Breaker,
    Bulkhead,
    ClientCredentials,
    ContactGroups,
    CredentialsTransport,
    Guard,
    Retries,
    RetryBudget,
    TokenEndpoint,
    Transport,
    WatchedTransport,
    fetch_document,
    follow_credentials,
    follow_guard,
)

if TYPE_CHECKING:
    from contact_gateway.rate_limits import RateLimiter

__all__ = ["build_app", "rate_limiter", "token_endpoint", "trusted_documents"]


# What runs for as long as the application does, in the order in which it is started.
Lifetimes = list[Callable[[], AbstractAsyncContextManager[object]]]


def build_app(
    settings: Settings, workspace: Workspace | None = None, traces: Traces | None = None
) -> ASGIApp:
    """The gateway that `settings` describe, as an ASGI application.

    `workspace` is what GraphiQL opens with, if it is on; `traces` makes spans, if somebody wants
    them.
    """
    metrics = Metrics()
    lifetimes: Lifetimes = [metrics.sampled]
    verifier, can_verify = _verifier(settings, lifetimes, metrics)
    budget = RetryBudget()
    retries = Retries(_upstream_transport(settings, lifetimes, metrics, traces), budget)
    metrics.follow_counter(metrics.retries, lambda: retries.retried)
    metrics.follow_counter(metrics.retries_refused, lambda: budget.refused)
    contact_groups = ContactGroups(
        retries,
        settings.upstream_url,
        expose_server_problems=settings.expose_server_problems,
    )
    schema = build_schema()
    disclosure = Disclosure(schema, full=settings.introspection)
    endpoint: ASGIApp = GraphQLEndpoint(
        operations=_operations(settings, schema, disclosure),
        runner=OperationRunner(disclosure),
        verifier=verifier,
        contact_groups=contact_groups,
        rate_limiter=_rate_limiter(settings, lifetimes, metrics),
        traces=traces,
        deadline=settings.upstream_deadline,
        max_body_bytes=settings.max_body_bytes,
    )
    endpoint = Observed(endpoint, metrics, traces)
    explorer: list[Route] = []
    if settings.graphiql:
        endpoint = graphiql = GraphiQL(endpoint, workspace or Workspace())
        explorer = graphiql.routes

    readiness = Readiness(can_verify)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Readiness]]:
        async with AsyncExitStack() as stack:
            for lifetime in lifetimes:
                await stack.enter_async_context(lifetime())
            yield {READINESS: readiness}

    others = Starlette(
        routes=[
            *explorer,
            Route("/livez", livez),
            Route("/readyz", readiness.readyz),
            Route("/metrics", MetricsPage(metrics).show),
        ],
        exception_handlers={HTTPException: refuse_in_plain_text},
        lifespan=lifespan,
    )
    others.router.redirect_slashes = False  # to an address that the caller's Host header names
    app = Entrance(endpoint, others)
    # other origins may call only if they are named, each exactly
    return CrossOrigin(app, settings.cors_origins) if settings.cors_origins else app


def _verifier(
    settings: Settings, lifetimes: Lifetimes, metrics: Metrics
) -> tuple[Verifier, Callable[[], bool]]:
    """Who tells a genuine token, and whether it can tell yet."""
    if settings.token_verification is TokenVerification.UPSTREAM:
        return UpstreamVerifier(settings.jwt_scope_claim), lambda: True
    # The key set has a pool of its own: a busy upstream must not keep tokens from being verified.
    transport = Transport()
    url = settings.jwt_jwks_url or ""
    keys = KeySet(partial(fetch_document, transport, url, seconds=5, largest=65_536))
    lifetimes += [lambda: transport, keys.kept_fresh]
    metrics.follow_key_set(lambda: keys.fetched_at)
    rules = TokenRules(
        issuer=settings.jwt_issuer or "",
        audience=settings.jwt_audience or "",
        algorithms=frozenset(settings.jwt_algorithms),
        types=frozenset(settings.jwt_types),
        scope_claim=settings.jwt_scope_claim,
        customer_claim=settings.jwt_customer_claim,
    )
    return RememberedTokens(TokenVerifier(keys, rules), keys), lambda: keys.ready


def _upstream_transport(
    settings: Settings, lifetimes: Lifetimes, metrics: Metrics, traces: Traces | None
) -> Guard | CredentialsTransport:
    """The way to the upstream, with the caller's token or with the gateway's own."""
    attempt_timeout = min(settings.upstream_attempt_timeout, settings.upstream_deadline)
    transport = Transport(attempt_timeout, settings.upstream_max_connections)
    lifetimes.append(lambda: transport)
    # Whoever waits to try again, or for a token, waits outside and holds no slot meanwhile.
    guard = Guard(
        WatchedTransport(transport, metrics, traces),
        Bulkhead(settings.upstream_max_connections),
        Breaker(time.monotonic),
        seconds_to_judge=attempt_timeout / 2,
    )
    follow_guard(metrics, guard)
    if settings.upstream_auth is UpstreamAuthentication.PASSTHROUGH:
        return guard
    token_transport = Transport()  # as for the key set
    credentials = ClientCredentials(token_endpoint(settings, token_transport))
    follow_credentials(metrics, credentials)
    lifetimes += [lambda: token_transport, lambda: credentials]
    return CredentialsTransport(guard, credentials)


def token_endpoint(settings: Settings, transport: Transport) -> TokenEndpoint:
    """Where the gateway gets its own tokens, for UPSTREAM_AUTH=client_credentials."""
    return TokenEndpoint(
        transport,
        settings.upstream_token_url or "",
        settings.upstream_client_id or "",
        settings.upstream_client_secret or SecretStr(""),
        settings.upstream_client_auth,
    )


def rate_limiter(settings: Settings) -> "RateLimiter | None":
    """How often a caller may call, if there is a limit."""
    if settings.rate_limit is None:
        return None
    # only now, because it takes 2 MB
    import limits

    from contact_gateway.rate_limits import RateLimiter, open_storage

    url = settings.rate_limit_storage
    storage = open_storage(None if url is None else url.get_secret_value())
    return RateLimiter(limits.parse(settings.rate_limit), storage)


def _rate_limiter(
    settings: Settings, lifetimes: Lifetimes, metrics: Metrics
) -> "RateLimiter | None":
    limiter = rate_limiter(settings)
    if limiter is not None:
        lifetimes.append(lambda: limiter)
        metrics.follow_counter(metrics.storage_failures, lambda: limiter.failures)
    return limiter


def trusted_documents(settings: Settings, schema: GraphQLSchema) -> TrustedDocuments | None:
    """The documents of the manifest that the settings name, if it is to be used.

    Raises:
        TrustedDocumentsError: it cannot be read, or a document does not fit.
    """
    off = settings.trusted_documents_mode is TrustedDocumentsMode.OFF
    if settings.trusted_documents is None or off:
        return None
    return load_trusted_documents(
        Path(settings.trusted_documents),
        # what is wrong with one is told to whoever starts the process
        DocumentReader(schema, Disclosure(schema, full=True), introspection=settings.introspection),
    )


def _operations(
    settings: Settings, schema: GraphQLSchema, disclosure: Disclosure
) -> OperationStore:
    """Which documents are served."""
    reader = DocumentReader(schema, disclosure, introspection=settings.introspection)
    trusted = trusted_documents(settings, schema)
    if trusted is None:
        return OperationStore(reader)
    only_trusted = settings.trusted_documents_mode is TrustedDocumentsMode.ENFORCE
    return OperationStore(reader, trusted, only_trusted=only_trusted)
