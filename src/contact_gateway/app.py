"""The composition root: builds everything in the order in which a request meets it."""

import contextlib
from collections.abc import AsyncIterator
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from contact_gateway.http import GraphiQL, GraphQLEndpoint, Readiness, livez
from contact_gateway.identity import KeySet, TokenRules, TokenVerifier
from contact_gateway.logs import configure_logs
from contact_gateway.operations import OperationStore
from contact_gateway.schema import build_schema
from contact_gateway.settings import Settings, load_settings
from contact_gateway.upstream import ContactGroups, Transport, fetch_document

__all__ = ["build_app", "build_app_from_environment"]


def build_app(settings: Settings) -> Starlette:
    """The gateway that `settings` describe, as an ASGI application."""
    # The key set has a pool of its own: a busy upstream must not keep tokens from being verified.
    key_set_transport = Transport(max_connections=2)
    keys = KeySet(
        partial(
            fetch_document,
            key_set_transport,
            settings.jwt_jwks_url or "",
            seconds=5,
            largest=65536,
        )
    )
    upstream_transport = Transport(settings.upstream_max_connections)
    contact_groups = ContactGroups(
        upstream_transport,
        settings.upstream_url,
        attempt_timeout=settings.upstream_attempt_timeout,
        expose_server_problems=settings.expose_server_problems,
    )
    schema = build_schema()
    endpoint: ASGIApp = GraphQLEndpoint(
        schema=schema,
        operations=OperationStore(schema, introspection=settings.introspection),
        verifier=TokenVerifier(keys, _token_rules(settings)),
        contact_groups=contact_groups,
        deadline=settings.upstream_deadline,
        max_body_bytes=settings.max_body_bytes,
        introspection=settings.introspection,
    )
    if settings.graphiql:
        endpoint = GraphiQL(endpoint)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with key_set_transport, keys.kept_fresh(), upstream_transport:
            yield

    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            Route("/livez", livez),
            Route("/readyz", Readiness(keys).readyz),
        ],
        middleware=_cross_origin(settings),
        lifespan=lifespan,
    )


def build_app_from_environment() -> Starlette:
    """The gateway that the environment describes: what each worker process runs."""
    settings = load_settings()
    configure_logs(settings.log_level, settings.log_format)
    return build_app(settings)


def _token_rules(settings: Settings) -> TokenRules:
    return TokenRules(
        issuer=settings.jwt_issuer or "",
        audience=settings.jwt_audience or "",
        algorithms=frozenset(settings.jwt_algorithms),
        types=frozenset(name.lower() for name in settings.jwt_types),
        scope_claim=settings.jwt_scope_claim,
        customer_claim=settings.jwt_customer_claim,
    )


def _cross_origin(settings: Settings) -> list[Middleware]:
    """Other origins may call the endpoint only if they are named, each exactly."""
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "Customer-Id", "X-Request-Id"],
            expose_headers=["X-Request-Id", "Retry-After"],
        )
    ]
