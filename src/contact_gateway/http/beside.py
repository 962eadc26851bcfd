"""What is served beside the endpoint: pages and probes, on its port or on one of their own."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from contact_gateway.http.plain_text import PlainText

__all__ = [
    "GRAPHQL_IS_THERE",
    "NO_GRAPHQL_HERE",
    "Aside",
    "Lifetimes",
    "beside",
    "lifespan_of",
]

GRAPHQL_IS_THERE: Final = "GraphQL is at /graphql."
"""What is said on the port for callers where there is nothing."""

NO_GRAPHQL_HERE: Final = "Here are only /livez, /readyz and /metrics."
"""What is said on the port for health and metrics where there is nothing."""

Lifetimes = list[Callable[[], AbstractAsyncContextManager[object]]]
"""What runs for as long as the application does, in the order in which it is started."""

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[Mapping[str, Any]]]


def lifespan_of(lifetimes: Lifetimes, told: Mapping[str, object]) -> Lifespan:
    """Run them while the application does; `told` is what its server then learns."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, object]]:
        async with AsyncExitStack() as stack:
            for lifetime in lifetimes:
                await stack.enter_async_context(lifetime())
            yield told

    return lifespan


def beside(
    routes: Sequence[Route],
    lifespan: Lifespan | None = None,
    elsewhere: str = GRAPHQL_IS_THERE,
) -> Starlette:
    """Serve `routes`, and say at every other path what is `elsewhere`."""
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: partial(_refuse, elsewhere)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # to an address that the caller's Host header names
    return app


def _refuse(elsewhere: str, _: Request, error: Exception) -> PlainText:
    """The reply where there is nothing, or not with this method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what this is registered for
    nothing_here = error.status_code == HTTPStatus.NOT_FOUND
    line = f"Not Found. {elsewhere}" if nothing_here else error.detail
    return PlainText(line, error.status_code, error.headers)


@dataclass(frozen=True, slots=True)
class Aside:
    """An ASGI application of two: what is served on `port`, and the rest with the lifespan."""

    port: int
    there: ASGIApp
    elsewhere: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one of the two answer."""
        asked = scope["type"] == "http" and scope["server"][1] == self.port
        await (self.there if asked else self.elsewhere)(scope, receive, send)
