"""Health: whether the process lives, and whether it should be sent requests."""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request

from contact_gateway.http.plain_text import PlainText

__all__ = ["Readiness", "livez"]


async def livez(_: Request) -> PlainText:
    """`GET /livez`: the process answers."""
    return PlainText("ok")


class Readiness:
    """`GET /readyz`: 200 when requests can be served, else 503, whatever the upstream's health.

    `unready` tells why tokens cannot be verified yet, or None.
    """

    def __init__(self, unready: Callable[[], str | None]) -> None:
        self._unready = unready
        self._draining = False

    def drain(self) -> None:
        """Turn unready for good: the process is about to stop."""
        self._draining = True

    async def readyz(self, _: Request) -> PlainText:
        """Whether the process stays, and the keys that tokens are verified with are there."""
        if self._draining:
            return PlainText("stopping", HTTPStatus.SERVICE_UNAVAILABLE)
        if (why := self._unready()) is not None:
            return PlainText(why, HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainText("ok")
