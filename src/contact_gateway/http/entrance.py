"""The way in: the endpoint's own path at once, every other path by Starlette."""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["Entrance"]

_ENDPOINT: Final = "/graphql"


@dataclass(frozen=True, slots=True)
class Entrance:
    """An ASGI application of two: the endpoint, and a Starlette for the rest and the lifespan.

    The endpoint answers every method and every exception itself, so Starlette's router and its two
    middlewares can do nothing for it; they took a fifteenth of a mutation's CPU.
    """

    endpoint: ASGIApp
    others: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one of the two answer."""
        asked = scope["type"] == "http" and scope["path"] == _ENDPOINT
        await (self.endpoint if asked else self.others)(scope, receive, send)
