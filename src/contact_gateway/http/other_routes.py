"""What is served beside the GraphQL endpoint, and what lives for as long as the application."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from contact_gateway.http.plain_text import refuse_in_plain_text

__all__ = ["Lifetimes", "other_routes"]

Lifetimes = list[Callable[[], AbstractAsyncContextManager[object]]]
"""What runs for as long as the application does, in the order in which it is started."""


def other_routes(
    routes: Sequence[BaseRoute], lifetimes: Lifetimes, told: Mapping[str, object]
) -> Starlette:
    """An application of these routes; `told` is what its server learns when it has started."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, object]]:
        async with AsyncExitStack() as stack:
            for lifetime in lifetimes:
                await stack.enter_async_context(lifetime())
            yield told

    others = Starlette(
        routes=routes,
        exception_handlers={HTTPException: refuse_in_plain_text},
        lifespan=lifespan,
    )
    others.router.redirect_slashes = False  # to an address that the caller's Host header names
    return others
