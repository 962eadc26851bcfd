"""Health: whether the process lives, and whether it should be sent requests."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from contact_gateway.identity import KeySet

__all__ = ["Readiness", "livez"]


async def livez(_: Request) -> PlainTextResponse:
    """`GET /livez`: the process answers."""
    return PlainTextResponse("ok\n")


class Readiness:
    """`GET /readyz`: 200 when requests can be served, else 503, whatever the upstream's health."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def readyz(self, _: Request) -> PlainTextResponse:
        """Whether the keys that tokens are verified with are there."""
        if self._keys.ready:
            return PlainTextResponse("ok\n")
        return PlainTextResponse("no key set yet\n", HTTPStatus.SERVICE_UNAVAILABLE)
