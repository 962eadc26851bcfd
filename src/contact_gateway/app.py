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

from collections.abc import Mapping
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
from contact_gateway.egress import Rotation
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
    beside,
    described_to_gateways,
    lifespan_of,
    open_verifier,
    probing_routes,
)
from contact_gateway.identity import rules_of
from contact_gateway.observation import Metrics, Traces
from contact_gateway.operations import Disclosure, OperationRunner, OperationStore, open_store
from contact_gateway.rest_client import AnswerReader, RESTClient
from contact_gateway.settings import Settings

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
    rotation = Rotation(settings)
    lifetimes: Lifetimes = [metrics.sampled, lambda: rotation]
    # http: GraphQL over HTTP, for those whom identity knows, as often as rate_limits allow
    rules = rules_of(settings, issued_scopes(settings))
    verifier, unready = open_verifier(settings, rules, rotation, lifetimes, metrics)
    limiter = _rate_limiter(settings, rotation, lifetimes, metrics)
    # operations: from the text of a document to its execution
    schema = build_schema(federation=settings.federation)
    disclosure = Disclosure(schema, full=settings.introspection)
    # contact_groups, and the rest_client that brings their calls to the REST API
    client = RESTClient(settings, metrics, traces, transport, rotation)
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
    # what the server may ask, and tell to read anew
    lifespan = lifespan_of(lifetimes, {"readiness": readiness, **_read_anew(operations, rotation)})
    probes = probing_routes(readiness, metrics)
    apart = settings.metrics_port
    app: ASGIApp = Entrance(served, beside([*explorer, *([] if apart else probes)], lifespan))
    if settings.cors_origins:  # other origins may call only if they are named, each exactly
        app = CrossOrigin(app, settings.cors_origins)
    return Aside(apart, beside(probes, elsewhere=NO_GRAPHQL_HERE), app) if apart else app


def _read_anew(operations: OperationStore, rotation: Rotation) -> Mapping[str, object]:
    """What has files to read anew when the process is told to, by the names for it in the log."""
    return {
        **({"trusted_documents": operations} if operations.reloads else {}),
        **({"secrets_and_certificates": rotation} if rotation.in_files else {}),
    }


def _rate_limiter(
    settings: Settings, rotation: Rotation, lifetimes: Lifetimes, metrics: Metrics
) -> "RateLimiter | None":
    """How often a caller may call, if there is a limit."""
    if settings.rate_limit is None:
        return None
    # only now, because it takes 2 MB
    from contact_gateway.rate_limits import open_limiter

    limiter = open_limiter(settings.rate_limit, settings.rate_limit_storage)
    lifetimes.append(lambda: limiter)
    rotation.renewed.append(lambda settings, _: limiter.count_in(settings.rate_limit_storage))
    metrics.follow_counter(metrics.storage_failures, lambda: limiter.failures)
    return limiter
