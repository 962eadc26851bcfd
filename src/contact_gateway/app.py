"""The composition root: what a request meets, and in which order.

CrossOrigin                     only where CORS_ORIGINS names any
└── Entrance                    /graphql to the left, all else to the right
    ├── GraphiQL                only where it is on: the page for browsers that ask for it
    │   └── Observed            log line, metrics and span of a request
    │       └── GraphQLEndpoint GraphQL over HTTP, whole
    │           ├── Verifier    whose token it is
    │           ├── RateLimiter whether it may come again already, where there is a limit
    │           ├── OperationStore, OperationRunner   the document, and its execution
    │           └── ContactGroupsOfRequest            what resolvers ask
    │               └── ContactGroupsAPI              the REST operations
    │                   └── RESTClient                `rest_client/policy.py` draws the rest
    └── Starlette               the files of GraphiQL, health, metrics; and the lifespan
Aside                           only where METRICS_PORT is set: around all this, and
└── Starlette                   health and metrics there
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import httpx
from starlette.routing import Route
from starlette.types import ASGIApp

from contact_gateway.contact_groups import (
    EXAMPLES,
    ContactGroupsAPI,
    ContactGroupsOfRequest,
    build_schema,
    issued_scopes,
)
from contact_gateway.graphiql import GraphiQL, Workspace, workspace_of
from contact_gateway.http import (
    NO_GRAPHQL_HERE,
    Aside,
    CrossOrigin,
    Entrance,
    GraphQLEndpoint,
    Lifetimes,
    Observed,
    Readiness,
    Verifier,
    beside,
    described_to_gateways,
    lifespan_of,
    probing_routes,
)
from contact_gateway.identity import (
    LARGEST_KEY_SET,
    IntrospectionVerifier,
    RememberedTokens,
    TokenVerifier,
    UpstreamVerifier,
    rules_of,
    trusted_issuers,
)
from contact_gateway.observation import Metrics, Traces
from contact_gateway.operations import Disclosure, OperationRunner, open_store
from contact_gateway.rest_client import (
    AnswerReader,
    HTTP11Transport,
    RESTClient,
    fetch_document,
    introspection_endpoint,
)
from contact_gateway.settings import Settings, TokenVerification

if TYPE_CHECKING:
    from contact_gateway.rate_limits import RateLimiter

__all__ = ["build_app"]


def build_app(
    settings: Settings,
    *,
    workspace: Workspace | None = None,
    traces: Traces | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> ASGIApp:
    """The gateway that `settings` describe, as an ASGI application.

    `workspace` is what GraphiQL opens with, if it is on; `traces` makes spans, if somebody wants
    them. `transport` takes the place of our own to the REST API; `rest_client/other_transports.py`
    says what the gateway then lacks.

    Raises:
        SettingsError: a file that the settings name cannot be used.
        IncompleteUnionError: a mutation can end in a failure that its union has no type for.
    """
    metrics = Metrics()
    lifetimes: Lifetimes = [metrics.sampled]

    # http: GraphQL over HTTP, for those whom identity knows, as often as rate_limits allow
    verifier, unready = _verifier(settings, lifetimes, metrics)
    limiter = _rate_limiter(settings, lifetimes, metrics)
    # operations: from the text of a document to its execution
    schema = build_schema(federation=settings.federation)
    disclosure = Disclosure(schema, full=settings.introspection)
    # contact_groups, and the rest_client that brings their calls to the REST API
    client = RESTClient(settings, metrics, traces, transport)
    lifetimes.append(lambda: client)
    api = ContactGroupsAPI(client, AnswerReader(exposed=settings.expose_server_problems))
    operations = open_store(settings, schema, disclosure)
    endpoint = GraphQLEndpoint(
        operations=operations,
        runner=OperationRunner(disclosure),
        verifier=verifier,
        resources=partial(ContactGroupsOfRequest, api),
        rate_limiter=limiter,
        traces=traces,
        deadline=settings.upstream_deadline,
        max_body_bytes=settings.max_body_bytes,
        faster=settings.only_for_tests_time_factor,
    )
    served: ASGIApp = Observed(described_to_gateways(endpoint, settings), metrics, traces)
    explorer: list[Route] = []
    if settings.graphiql:  # the page stands before the endpoint, and its files have routes
        graphiql = GraphiQL(served, workspace or workspace_of(settings, issued_scopes, EXAMPLES))
        served, explorer = graphiql, graphiql.routes

    readiness = Readiness(unready)
    lifetimes.append(operations.kept_fresh)
    files = {"trusted_documents": operations} if operations.reloads else {}
    # what the server may ask, and tell to read anew
    lifespan = lifespan_of(lifetimes, {"readiness": readiness, **files})
    probes = probing_routes(readiness, metrics)
    apart = settings.metrics_port
    app: ASGIApp = Entrance(served, beside([*explorer, *([] if apart else probes)], lifespan))
    if settings.cors_origins:  # other origins may call only if they are named, each exactly
        app = CrossOrigin(app, settings.cors_origins)
    return Aside(apart, beside(probes, elsewhere=NO_GRAPHQL_HERE), app) if apart else app


def _verifier(
    settings: Settings, lifetimes: Lifetimes, metrics: Metrics
) -> tuple[Verifier, Callable[[], str | None]]:
    """Who tells a genuine token, and why it cannot tell yet, if so."""
    rules = rules_of(settings, issued_scopes(settings))
    if settings.token_verification is TokenVerification.UPSTREAM:
        return UpstreamVerifier(rules.scopes), lambda: None
    # connections of its own: a busy upstream must not keep tokens from being verified
    transport = HTTP11Transport()
    lifetimes.append(lambda: transport)
    if settings.token_verification is TokenVerification.INTROSPECTION:
        endpoint = introspection_endpoint(settings, transport)
        introspecting = IntrospectionVerifier(endpoint.introspect, rules)
        lifetimes.append(lambda: introspecting)
        return introspecting, lambda: None
    fetch = partial(fetch_document, transport, seconds=5, largest=LARGEST_KEY_SET)
    issuers = trusted_issuers(settings, fetch)
    lifetimes.append(issuers.kept_fresh)
    metrics.follow_key_set(lambda: issuers.fetched_at)
    return RememberedTokens(TokenVerifier(issuers, rules), issuers), issuers.unready


def _rate_limiter(
    settings: Settings, lifetimes: Lifetimes, metrics: Metrics
) -> "RateLimiter | None":
    """How often a caller may call, if there is a limit."""
    if settings.rate_limit is None:
        return None
    # only now, because it takes 2 MB
    from contact_gateway.rate_limits import open_limiter

    limiter = open_limiter(settings.rate_limit, settings.rate_limit_storage)
    lifetimes.append(lambda: limiter)
    metrics.follow_counter(metrics.storage_failures, lambda: limiter.failures)
    return limiter
